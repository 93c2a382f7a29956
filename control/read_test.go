package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// curl asks as curl would, and returns the body.
func (a *app) curl(t *testing.T, method, path, body string) (status int, text string) {
	t.Helper()
	resp, err := a.client.http.Do(a.request(t, method, path, body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(all)
}

func (a *app) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(a.ctx(t), method, "http://supervise"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTheListIsWhatPsShows(t *testing.T) {
	a := start(t, func(o *Options, _ *limits) {
		o.Ports = func(id supervisor.ID) int { return 5000 + id.N - 1 }
		o.Usage = func(pids []int) map[int]Usage { return map[int]Usage{pids[0]: {CPU: 1.5, Memory: 4096}} }
	}, typ("web", 1), typ("clock", 1))
	a.become("web", crash)
	a.client.Restart(a.ctx(t), []string{"web"}, false, nil)
	a.client.Stop(a.ctx(t), []string{"web"}, nil)
	_, text := a.curl(t, "GET", "/v1/instances", "")
	var got []map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	delete(got[1], "uptime_seconds")
	want := []map[string]any{{
		"instance": "web.1", "type": "web", "state": "down", "ready": false, "pid": 0.0, "port": 5000.0, "launch": 2.0,
		"restarts": 1.0, "uptime_seconds": 0.0, "last_exit": map[string]any{"code": 1.0}, "cause": "asked",
	}, {
		"instance": "clock.1", "type": "clock", "state": "up", "ready": true, "pid": 2.0, "port": 5000.0, "launch": 1.0,
		"restarts": 0.0, "last_exit": nil, "cause": "listens", "cpu_percent": 1.5, "memory_bytes": 4096.0,
	}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestAnInstanceTellsItsLast20Changes(t *testing.T) {
	a := start(t, func(o *Options, _ *limits) {
		o.Narrate = func(e supervisor.Event) string { return e.ID.String() + " " + e.Kind.String() }
	}, typ("web", 1))
	for range 5 {
		if err := a.client.Restart(a.ctx(t), nil, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	i, err := a.client.Instance(a.ctx(t), "web.1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range i.Changes[15:] {
		got = append(got, fmt.Sprintf("%s: %s, launch %d, %s", e.Text, e.Cause, e.Launch, e.State))
	}
	want := []string{
		"web.1 changed: asked, launch 5, stopping",
		"web.1 exited: asked, launch 5, stopping",
		"web.1 changed: asked, launch 6, starting",
		"web.1 launched: asked, launch 6, up",
		"web.1 ready: listens, launch 6, up",
	}
	if len(i.Changes) != 20 || !slices.Equal(got, want) {
		t.Errorf("%d changes, the last ones\n%s\nwant 20 and\n%s", len(i.Changes), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWait(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	ctx := a.ctx(t)
	for _, err := range []error{
		a.client.Stop(ctx, []string{"web.2"}, nil),
		a.client.Scale(ctx, []string{"worker=0"}, nil),
		a.client.Wait(ctx, ForReady, 0), // what was stopped by command does not count
		a.client.Wait(ctx, ForReady, -1, "web.1"),
		a.client.Wait(ctx, ForStopped, 0, "web.2", "worker", "worker.1"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for want, err := range map[string]error{
		"not ready: web.2 is down":                   a.client.Wait(ctx, ForReady, 0, "web"),
		"not ready: worker has no instance":          a.client.Wait(ctx, ForReady, time.Millisecond, "worker"),
		"not stopped: web.1 is up":                   a.client.Wait(ctx, ForStopped, 0),
		`"soon" is not a timeout: want one like 10s`: a.client.call(ctx, "GET", "/v1/wait?timeout=soon", nil, nil),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	stopped := make(chan error)
	go func() { stopped <- a.client.Wait(ctx, ForStopped, enough) }()
	a.client.Stop(ctx, []string{"web"}, nil)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestNothingIsReadyBeforeTheFirstLaunch(t *testing.T) {
	s := newServer(Options{Supervisor: supervisor.New(supervisor.Formation{}, supervisor.Options{})}, defaultLimits())
	defer s.Close(t.Context())
	s.forget()
	if got := s.await(t.Context(), ForReady, nil); len(got) != 1 || got[0] != "nothing has been launched yet" {
		t.Errorf("missing are %q", got)
	}
}

// events reads n events of a stream as curl shows them: id and data.
func (a *app) events(t *testing.T, path string, n int) (ids []string, events []Event) {
	t.Helper()
	f := &feed{client: a.client, path: path}
	defer f.close()
	for range n {
		e, err := nextEvent(a.ctx(t), f)
		if err != nil {
			t.Fatal(err)
		}
		ids, events = append(ids, f.cursor), append(events, e)
	}
	return ids, events
}

func TestACursorTakesUpTheEventsWhereTheyWereLeft(t *testing.T) {
	a := start(t, nil, typ("web", 3))
	ids, all := a.events(t, "/v1/events?after=0", 9)
	for i, e := range all {
		if e.Seq != uint64(i+1) {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
	}
	if _, again := a.events(t, "/v1/events?after="+ids[3], 5); again[0].Seq != 5 {
		t.Errorf("after number 4 comes %d", again[0].Seq)
	}
	if _, again := a.events(t, "/v1/events?after=another.99999", 1); again[0].Seq != 1 {
		t.Errorf("after the cursor of another run comes %d, want 1", again[0].Seq)
	}
	if status, text := a.curl(t, "GET", "/v1/events?after=x", ""); status != 400 || text != "{\"error\":\"\\\"x\\\" is not a cursor: take the id of an event\"}\n" {
		t.Errorf("a bad cursor: %d %s", status, text)
	}
}

// cut passes connections on to a server and breaks each after some bytes of its answer.
func cut(t *testing.T, to string, after int64) (socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "cut")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() { l.Close(); open.Wait() })
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("unix", to)
			if err != nil {
				c.Close()
				continue
			}
			open.Go(func() { io.Copy(s, c); s.Close() })
			open.Go(func() { io.CopyN(c, s, after); c.Close(); s.Close() })
		}
	})
	return socket
}

func TestAClientGoesOnWhereAStreamBroke(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	broken := newClient(cut(t, a.socket, 2000))
	defer broken.Close()
	for n := range 100 {
		a.write("web", "web.1", fmt.Sprintf("line %d", n))
	}
	n := 0
	for l, err := range broken.Logs(a.ctx(t), LogsOptions{Lines: -1, Names: []string{"web"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("line %d\n", n); string(l.Data) != want {
			t.Fatalf("got %q, want %q", l.Data, want)
		}
		n++
	}
	if n != 100 {
		t.Errorf("%d lines, want 100", n)
	}
}

func TestALineComesBackAsItWas(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	a.write("web", "web.1", "not \xff UTF-8")
	a.write("", "", "about nobody")
	for name, want := range map[string]output.Batch{
		"web":    {Source: output.Source{Type: "web", Instance: "web.1"}, Data: []byte("not \xff UTF-8\n")},
		"system": {Data: []byte("about nobody\n")},
	} {
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: 1, Names: []string{name}}) {
			if err != nil {
				t.Fatal(err)
			}
			if l.Source != want.Source || !bytes.Equal(l.Data, want.Data) || l.Stream != output.System || l.Time.IsZero() {
				t.Errorf("%s: %+v, want %+v", name, l.Batch, want)
			}
		}
	}
}

// TestNoLineComesTwiceOrIsMissingAtTheSeam opens streams while lines are being written,
// at cursors of all kinds.
func TestNoLineComesTwiceOrIsMissingAtTheSeam(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	const lines = 3000
	var writing, reading sync.WaitGroup
	begun := make(chan struct{})
	for w, name := range []string{"web.1", "web.2", "worker.1"} {
		writing.Go(func() {
			for n := range lines {
				a.write(name[:len(name)-2], name, fmt.Sprintf("%d", n))
				if w == 0 && n == 100 {
					close(begun)
				}
			}
		})
	}
	<-begun
	for range 8 {
		reading.Go(func() {
			next := map[string]int{}
			for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: -1, Follow: true}) {
				if err != nil || l.Lost > 0 {
					t.Errorf("lost %d, %v", l.Lost, err)
					return
				}
				if want := fmt.Sprintf("%d\n", next[l.Instance]); string(l.Data) != want {
					t.Errorf("%s: got %q, want %q", l.Instance, l.Data, want)
					return
				}
				next[l.Instance]++
				if next["web.1"] == lines && next["web.2"] == lines && next["worker.1"] == lines {
					return
				}
			}
		})
	}
	writing.Wait()
	reading.Wait()
}

func TestFollowersHearTheLastWords(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	heard := make(chan string)
	go func() {
		last := ""
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: -1, Follow: true}) {
			if err != nil {
				t.Error(err)
			}
			last = string(l.Data)
			heard <- last
		}
		close(heard)
	}()
	a.write("web", "web.1", "first")
	<-heard
	a.write("web", "web.1", "last")
	a.sup.Do(context.Background(), supervisor.Shutdown{Cause: "test"})
	last := ""
	for l := range heard {
		last = l
	}
	if last != "last\n" {
		t.Errorf("the last that was heard is %q", last)
	}
}

func TestTheLastNLinesAreOfAll(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	a.write("web", "web.1", "1\n2\n3")
	a.write("worker", "worker.1", "4")
	a.write("web", "web.1", "5")
	for n, want := range map[int]string{0: "", 1: "5", 2: "45", 4: "2345", 99: "12345"} {
		got := ""
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: n}) {
			if err != nil {
				t.Fatal(err)
			}
			got += strings.TrimSpace(string(l.Data))
		}
		if got != want {
			t.Errorf("the last %d are %q, want %q", n, got, want)
		}
	}
	var unknown *Error
	for _, err := range a.client.Logs(a.ctx(t), LogsOptions{Names: []string{"wed"}}) {
		if !errors.As(err, &unknown) || unknown.Reason != "wed: no such instance nor process type" {
			t.Errorf("an unknown name: %v", err)
		}
	}
}

func TestCurlIsEnough(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/restart", `{"instances":["web"]}`, 202},
		{"POST", "/v1/restart", ``, 202},
		{"POST", "/v1/restart", `{"instance":"web"}`, 400},
		{"POST", "/v1/restart", `nonsense`, 400},
		{"GET", "/v1/restart", ``, 405},
		{"GET", "/v1/nonsense", ``, 404},
		{"GET", "/v1/wait?timeout=20s", ``, 200},
		{"GET", "/v1/logs?lines=-1", ``, 400},
		{"GET", "/v1/logs?follow=perhaps", ``, 400},
		{"GET", "/v1/logs?name=web&lines=3", ``, 200},
	} {
		if status, text := a.curl(t, test.method, test.path, test.body); status != test.status {
			t.Errorf("%s %s %s: %d %s, want %d", test.method, test.path, test.body, status, text, test.status)
		}
	}
}
