package metrics

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"supervise/supervisor"
)

// patience bounds every wait of the tests; none of them waits so long when all is well.
const patience = 20 * time.Second

func get(m *Metrics, method, path string) (int, string) {
	w := httptest.NewRecorder()
	m.http.Handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

func TestReadyzNamesWhoIsNotReady(t *testing.T) {
	ended := supervisor.Event{Kind: supervisor.KindExited, ID: worker1, Launch: 1, From: supervisor.Up, To: supervisor.Ended}
	failed, down, up := ended, ended, ended
	failed.To, down.To, up.To = supervisor.Failed, supervisor.Down, supervisor.Up
	ready := up
	ready.Ready = true
	for _, c := range []struct {
		name   string
		events []supervisor.Event
		code   int
		body   string
	}{
		{"nothing has happened", nil, 503, "nothing has been launched yet\n"},
		{"it is ready", []supervisor.Event{ready}, 200, "ok\n"},
		{"it has ended well", []supervisor.Event{ended}, 200, "ok\n"},
		{"it was stopped by command", []supervisor.Event{down}, 200, "ok\n"},
		{"it has failed", []supervisor.Event{failed}, 503, "worker.1 is failed\n"},
		{"it is up", []supervisor.Event{up}, 503, "worker.1 is up, not ready\n"},
		{"two are not ready", history, 503, "web.10 is up, not ready\nworker.1 is starting\n"},
		{"the last one is scaled away", []supervisor.Event{up, {Kind: supervisor.KindRemoved, ID: worker1}}, 200, "ok\n"},
		{"the run is ending", []supervisor.Event{ready, {Kind: supervisor.KindRunEnding}}, 503, "supervise is shutting down\n"},
	} {
		m := told(Options{Readiness: func(string) supervisor.ReadyKind { return supervisor.ReadyPort }}, c.events...)
		if code, body := get(m, "GET", "/readyz"); code != c.code || body != c.body {
			t.Errorf("%s: %d %q, want %d %q", c.name, code, body, c.code, c.body)
		}
	}
}

func TestWhereNobodyProbesUpIsReady(t *testing.T) {
	m := told(Options{}, supervisor.Event{Kind: supervisor.KindLaunched, ID: web1, Launch: 1, To: supervisor.Up})
	if code, body := get(m, "GET", "/readyz"); code != 200 {
		t.Errorf("%d %q, want 200", code, body)
	}
}

func TestHealthzAsksTheSupervisorsLoop(t *testing.T) {
	var loop error
	m := New(Options{Alive: func(ctx context.Context) error { return loop }})
	if code, body := get(m, "GET", "/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("%d %q, want 200 ok", code, body)
	}
	loop = errors.New("context deadline exceeded")
	const want = "the supervisor does not answer: context deadline exceeded\n"
	if code, body := get(m, "GET", "/healthz"); code != 503 || body != want {
		t.Errorf("%d %q, want 503 %q", code, body, want)
	}
}

func TestNothingCanBeChanged(t *testing.T) {
	m := New(Options{})
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		if code, _ := get(m, "POST", path); code != 405 {
			t.Errorf("POST %s: %d, want 405", path, code)
		}
	}
	if code, _ := get(m, "GET", "/"); code != 404 {
		t.Errorf("GET /: %d, want 404", code)
	}
}

// open serves m on a port of the loopback and returns its address.
func open(t *testing.T, m *Metrics) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- m.Serve(l) }()
	t.Cleanup(func() {
		m.Close(context.Background())
		if err := <-served; err != nil {
			t.Errorf("Serve = %v, want nil after Close", err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// ask sends a request and reads the answer, and leaves the connection open.
func ask(t *testing.T, c net.Conn, path string) int {
	t.Helper()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

func TestWhoHoldsManyConnectionsKeepsNobodyOut(t *testing.T) {
	m := New(Options{})
	m.crowd.most = 3
	addr := open(t, m)
	idle := dial(t, addr)
	ask(t, idle, "/healthz")
	for until := time.Now().Add(patience); m.crowd.quiet() < 1 && time.Now().Before(until); {
		runtime.Gosched() // until the server knows that it has answered
	}
	silent := []net.Conn{dial(t, addr), dial(t, addr)}
	if code := ask(t, dial(t, addr), "/healthz"); code != 200 {
		t.Errorf("the fourth got %d, want 200", code)
	}
	if n, err := idle.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("who was silent the longest read %d bytes and %v, want its end", n, err)
	}
	if code := ask(t, silent[1], "/healthz"); code != 200 { // the control: there is room for three
		t.Errorf("another one got %d, want 200", code)
	}
}

// quiet is how many are silent.
func (c *crowd) quiet() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, since := range c.silent {
		if !since.IsZero() {
			n++
		}
	}
	return n
}

func TestWhoIsBeingAnsweredIsNotSentAway(t *testing.T) {
	c := newCrowd(1)
	busy, late := net.Pipe()
	c.changed(busy, http.StateNew)
	c.changed(busy, http.StateActive)
	c.changed(late, http.StateNew)
	if _, err := late.Read(nil); err != io.ErrClosedPipe {
		t.Errorf("who came late reads %v, want that it is closed", err)
	}
	c.changed(busy, http.StateClosed)
	if len(c.silent) != 0 {
		t.Errorf("%d are left, want nobody", len(c.silent))
	}
}

func TestFiguresOfProcessesAreLookedAtOnceASecond(t *testing.T) {
	looks := 0
	m := New(Options{Usage: func() map[supervisor.ID]Usage { looks++; return nil }})
	for _, ms := range []int{0, 10, 999, 1000, 1999, 2000} {
		gather(t, m, at(ms))
	}
	if looks != 3 {
		t.Errorf("%d looks in 2 s, want 3", looks)
	}
}
