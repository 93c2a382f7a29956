package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// seen is an application that remembers the whole requests that it had.
type seen struct {
	mu    sync.Mutex
	asked []string
}

func (s *seen) handler(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		return // an application sees that it was cut
	}
	s.asked = append(s.asked, fmt.Sprintf("%s %s %q", r.Method, r.URL, body))
}

func (s *seen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.asked, ", ")
}

// statuses reads answers until the connection is closed, or as many as may come.
func statuses(in *bufio.Reader, max int) (codes []int, closed bool) {
	for range max {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return codes, true
		}
		io.Copy(io.Discard, res.Body)
		codes = append(codes, res.StatusCode)
		if res.Close {
			_, err := in.ReadByte()
			return codes, err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
	return codes, false
}

func TestBadRequestsGetTheRightStatus(t *testing.T) {
	for _, c := range []struct {
		name, sent string
		codes      string
		closed     bool
		seen       string
	}{
		{"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "[400]", true, ""},
		{"the same length twice", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "[200]", false, `POST / "x"`},
		{"a signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", "[400]", true, ""},
		{"a length and chunks", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", "[200]", true, `POST / "x"`},
		{"chunks of HTTP/1.0", "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.0\r\n\r\n", "[200]", true, `POST / ""`},
		{"an unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "[501]", true, ""},
		{"a hidden coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "[400]", true, ""},
		{"a folded header", "GET / HTTP/1.1\r\nHost: x\r\n Transfer-Encoding: chunked\r\n\r\n", "[400]", true, ""},
		{"a bad chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "[400]", true, ""},
		{"no Host", "GET / HTTP/1.1\r\n\r\n", "[400]", true, ""},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "[400]", true, ""},
		{"huge headers", "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", "[431]", true, ""},
		{"a huge target", "GET /" + strings.Repeat("x", 80<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", "[431]", true, ""},
		{"CONNECT", "CONNECT y:443 HTTP/1.1\r\nHost: y:443\r\n\r\n", "[405]", false, ""},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "[200]", false, ""},
		{"GET *", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "[400]", false, ""},
		{"a target without a slash", "GET x HTTP/1.1\r\nHost: x\r\n\r\n", "[400]", true, ""},
		{"another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", "[400]", false, ""},
		{"an opaque target", "GET http:x HTTP/1.1\r\nHost: x\r\n\r\n", "[400]", false, ""},
		{"a blank in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "[400]", true, ""},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "[400]", true, ""},
		{"HTTP/3.0", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", "[505]", true, ""},
		{"two at once", "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n", "[200 200]", false, `GET /1 "", GET /2 ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var app seen
			_, addr := frontOf(t, app.handler)
			conn, in := dialRaw(t, addr)
			go io.WriteString(conn, c.sent) // it may be closed before all is written
			codes, closed := statuses(in, strings.Count(c.codes, " ")+1)
			if got := fmt.Sprint(codes); got != c.codes || closed != c.closed {
				t.Errorf("= %s, closed %v, want %s, closed %v", got, closed, c.codes, c.closed)
			}
			if app.String() != c.seen {
				t.Errorf("the application saw %s, want %s", &app, c.seen)
			}
		})
	}
}

func TestAnUploadThatEndsEarlyIsNotTakenForWhole(t *testing.T) {
	for _, size := range []int{10, 100_000} {
		var app seen
		f, addr := frontOf(t, app.handler)
		c, in := dialRaw(t, addr)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nhalf", size)
		c.(*net.TCPConn).CloseWrite()
		if codes, closed := statuses(in, 1); fmt.Sprint(codes) != "[400]" || !closed {
			t.Errorf("%d bytes announced: %v, closed %v, want 400 and the end", size, codes, closed)
		}
		eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
		if got := app.String(); got != "" {
			t.Errorf("the application saw %s", got)
		}
	}
}

func TestConnectionsAreBoundedAndIdleOnesMakeRoom(t *testing.T) {
	var app seen
	f, addr := newFront(t, Options{MaxConns: 8})
	f.Open(Backend{"web.1", 1}, newApp(t, 0, app.handler).addr)
	for i := range 50 {
		c, in := dialRaw(t, addr)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if codes, _ := statuses(in, 1); fmt.Sprint(codes) != "[200]" {
			t.Fatalf("connection %d: %v", i, codes)
		}
		if got := f.Snapshot().Connections; got > 8 {
			t.Fatalf("%d connections, want at most 8", got)
		}
	}
}

func TestConnectionsThatSayNothingMakeRoom(t *testing.T) {
	var app seen
	f, addr := newFront(t, Options{MaxConns: 8})
	f.Open(Backend{"web.1", 1}, newApp(t, 0, app.handler).addr)
	for range 20 { // more than may be accepted
		dialRaw(t, addr)
	}
	if code, _ := ask(t, "GET", "http://"+addr, ""); code != 200 {
		t.Errorf("= %d, want 200", code)
	}
}

func TestBusyConnectionsAreNotClosedForNewOnes(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	f, addr := newFront(t, Options{MaxConns: 1})
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-end
	}).addr)
	var ins [2]*bufio.Reader
	for i := range ins {
		var c net.Conn
		c, ins[i] = dialRaw(t, addr)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if i == 0 {
			soon(t, "the first request arrives", begun)
		}
	}
	end <- struct{}{}
	if codes, _ := statuses(ins[0], 1); fmt.Sprint(codes) != "[200]" {
		t.Errorf("the busy one: %v", codes)
	}
	soon(t, "the second request arrives", begun)
	end <- struct{}{}
	if codes, _ := statuses(ins[1], 1); fmt.Sprint(codes) != "[200]" {
		t.Errorf("the one that waited: %v", codes)
	}
}

// TestSilenceIsCut uses short timeouts in place of those of newServer.
func TestSilenceIsCut(t *testing.T) {
	f := New(Options{})
	f.server.ReadHeaderTimeout, f.server.IdleTimeout = 50*time.Millisecond, 50*time.Millisecond
	l := listen(t)
	go f.Serve(l)
	defer f.server.Close()
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(http.ResponseWriter, *http.Request) {}).addr)
	for sent, answer := range map[string]string{
		"":                                  "",
		"GET / HTTP/1.1\r\nHost: x\r\nA":    "HTTP/1.1 400 Bad Request",
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n": "HTTP/1.1 200 OK",
	} {
		c, in := dialRaw(t, l.Addr().String())
		io.WriteString(c, sent)
		got, err := io.ReadAll(in)
		if err != nil || !strings.HasPrefix(string(got), answer) || answer == "" && len(got) > 0 {
			t.Errorf("%q: got %q %v, want %q and the end", sent, got, err, answer)
		}
	}
}

// impatient is a front door that gives up silent clients soon.
func impatient(t *testing.T, h http.HandlerFunc) (*Front, string) {
	f := New(Options{})
	f.clients.patience = 100 * time.Millisecond
	l := listen(t)
	go f.Serve(l)
	t.Cleanup(func() { f.server.Close() })
	f.Open(Backend{"web.1", 1}, newApp(t, 0, h).addr)
	return f, l.Addr().String()
}

func TestAClientThatStopsSendingIsCut(t *testing.T) {
	for _, framing := range []string{"Content-Length: 9", "Content-Length: 99999", "Transfer-Encoding: chunked"} {
		var app seen
		f, addr := impatient(t, app.handler)
		c, in := dialRaw(t, addr)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n4\r\n", framing)
		if codes, closed := statuses(in, 1); fmt.Sprint(codes) != "[408]" || !closed {
			t.Errorf("%s: %v, closed %v, want 408 and the end", framing, codes, closed)
		}
		eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
	}
}

func TestAClientThatStopsReadingIsCut(t *testing.T) {
	f, addr := impatient(t, func(w http.ResponseWriter, r *http.Request) {
		for b := make([]byte, 1<<20); ; {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
	})
	c, _ := dialRaw(t, addr)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	eventually(t, "it is answered", func() bool { return f.Snapshot().Answers[200] == 1 })
	eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
}

func TestAStreamMayBeSilentOnceItIsAnswered(t *testing.T) {
	_, addr := impatient(t, echo)
	c, in := dialRaw(t, addr)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n")
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	body := bufio.NewReader(res.Body)
	body.ReadString('\n')
	<-time.After(300 * time.Millisecond) // three times the patience
	io.WriteString(c, "2\r\nb\n\r\n0\r\n\r\n")
	if line, err := body.ReadString('\n'); line != "b\n" || err != nil {
		t.Errorf("after a pause %q, %v", line, err)
	}
}
