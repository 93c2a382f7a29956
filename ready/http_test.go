package ready

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestTwoOrThreeHundredIsReady(t *testing.T) {
	for status, want := range map[int]bool{
		200: true, 204: true, 299: true, 301: true, 302: true, 304: true,
		400: false, 401: false, 404: false, 500: false, 503: false,
	} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		got, ok := get(t, server.Listener, "/healthz")
		if text := fmt.Sprintf("GET /healthz gave %d", status); got != text || ok != want {
			t.Errorf("%q, %t, want %q, %t", got, ok, text, want)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("status %d: %d requests, want 1: redirects are not followed", status, n)
		}
		server.Close()
	}
}

func TestTheRequestIsAnOrdinaryOne(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = fmt.Sprint(r.Method, " ", r.URL, " ", r.Host, " ", r.UserAgent(), " close ", r.Close, " ", r.Header.Get("Accept-Encoding"))
	}))
	defer server.Close()
	get(t, server.Listener, "/healthz?for=supervise")
	if want := "GET /healthz?for=supervise localhost supervise close true "; got != want {
		t.Errorf("the server got %q, want %q", got, want)
	}
}

func TestWhyThereIsNoAnswer(t *testing.T) {
	for answer, want := range map[string]string{
		"":                           "GET /: connection closed without an answer",
		"\x1b[2J\r\n\r\n":            `GET /: malformed HTTP response "\x1b[2J"`,
		"HTTP/1.1 100 Continue\r\n":  "GET /: connection closed without an answer",
		"HTTP/1.1 200 OK\r\n":        "GET /: connection closed without an answer",
		"HTTP/1.1 503 No\r\n\r\nend": "GET / gave 503",
	} {
		server := listen(t, "tcp4", "127.0.0.1:0")
		go func() {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, answer)
			conn.Close()
		}()
		if got, ok := get(t, server, "/"); got != want || ok {
			t.Errorf("%q: %q, %t\nwant %q, false", answer, got, ok, want)
		}
	}
}

func TestFailuresAreSaidBriefly(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "GET /: connection refused"},
		{fmt.Errorf("so: %w", context.DeadlineExceeded), "GET /: no answer within 10s"},
		{errors.New("a\x1b[2Jb"), "GET /: a?[2Jb"},
	} {
		if got := failed("/", c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
	if got, ok := get(t, listen(t, "tcp4", "127.0.0.1:0"), "/%zz"); got != `GET /%zz: invalid URL escape "%zz"` || ok {
		t.Errorf("a path that is none: %q, %t", got, ok)
	}
}

// silent never answers.
type silent struct{ asked chan time.Duration }

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	<-r.Context().Done()
	s.asked <- time.Since(began)
	return nil, r.Context().Err()
}

func TestWhoNeverAnswersIsAskedAgain(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	synctest.Test(t, func(t *testing.T) {
		p, k, client := New(), Key{"web.1", 1}, silent{make(chan time.Duration, 9)}
		p.client = client
		p.Probe(Key{"web.2", 1}, waits, nil) // for its sake there are looks all the time
		defer p.Forget(Key{"web.2", 1})
		p.Probe(k, Target{Kind: HTTP, Port: portOf(server), Path: "/healthz", Leader: os.Getpid()}, nil)
		time.Sleep(9 * time.Second)
		if got, want := p.Seen(k), "GET /healthz has no answer yet"; got != want {
			t.Errorf("Seen = %q, want %q", got, want)
		}
		for range 2 {
			if took := <-client.asked; took != 10*time.Second {
				t.Errorf("a request took %v, want 10s", took)
			}
		}
		if got, want := p.Seen(k), "GET /healthz: no answer within 10s"; got != want {
			t.Errorf("Seen = %q, want %q", got, want)
		}
		time.Sleep(time.Second)
		p.Forget(k)
		if took := <-client.asked; took >= time.Second {
			t.Errorf("the request of who is forgotten took %v, want less than 1s", took)
		}
		time.Sleep(time.Hour)
		if len(client.asked) > 0 {
			t.Error("who is forgotten is asked again")
		}
	})
}

func get(t *testing.T, server net.Listener, path string) (string, bool) {
	t.Helper()
	return New().get(t.Context(), netip.MustParseAddrPort(server.Addr().String()), path)
}
