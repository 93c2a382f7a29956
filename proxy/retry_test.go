package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// sayOnce answers one request on each connection, and closes it at the first byte of
// the next: the keep-alive race, lost every time.
func sayOnce(seen *atomic.Int64) func(net.Conn, *bufio.Reader) {
	return func(c net.Conn, in *bufio.Reader) {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		seen.Add(1)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		in.Peek(1)
	}
}

func TestAKeepAliveThatEndsTooEarlyIsNotNoticed(t *testing.T) {
	var seen atomic.Int64
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, sayOnce(&seen)))
	for i := range 20 {
		method := [...]string{"GET", "POST", "PUT", "GET", "DELETE"}[i%5]
		if code, body := ask(t, method, "http://"+addr, ""); code != 200 || body != "ok" {
			t.Fatalf("%s = %d %q, want 200 ok", method, code, body)
		}
	}
	if got := seen.Load(); got != 20 {
		t.Errorf("the application saw %d requests, want 20", got)
	}
	if got := f.Snapshot().Retried; got == 0 {
		t.Error("no GET met a closing connection: the test tests nothing")
	}
}

// TestAPooledPostIsLost is the control of the test above.
func TestAPooledPostIsLost(t *testing.T) {
	var seen atomic.Int64
	p := &pool{addr: rawApp(t, sayOnce(&seen))}
	defer p.close()
	for want := range 2 {
		c, err := p.get(context.Background(), false)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := http.NewRequest("POST", "http://x/", nil)
		r.Body = nil
		res, err := c.exchange(r, p, func() {})
		switch {
		case want == 0 && err != nil:
			t.Fatal(err)
		case want == 0:
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		case err == nil:
			t.Error("the second POST on one connection was answered")
		}
	}
}

func TestAFailedDialIsRetriedElsewhereWithTheWholeBody(t *testing.T) {
	f, addr := newFront(t, Options{})
	dead := listen(t)
	deadAddr := addrOf(dead)
	dead.Close()
	f.Open(Backend{"web.1", 1}, deadAddr)
	f.Open(Backend{"web.2", 1}, newApp(t, 0, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	}).addr)
	for _, size := range []int{0, 10, 100_000} {
		for range 4 {
			code, body := ask(t, "POST", "http://"+addr, strings.Repeat("x", size))
			if code != 200 || body != fmt.Sprint(size) {
				t.Errorf("POST of %d bytes = %d %q", size, code, body)
			}
		}
	}
}

// silent takes requests and hangs up.
func silent(seen *atomic.Int64) func(net.Conn, *bufio.Reader) {
	return func(_ net.Conn, in *bufio.Reader) {
		if r, err := http.ReadRequest(in); err == nil {
			io.Copy(io.Discard, r.Body)
			seen.Add(1)
		}
	}
}

func TestWhatMayBeRepeatedIsSentThreeTimesAtMost(t *testing.T) {
	for _, c := range []struct {
		method, body string
		want         int64
	}{{"GET", "", 3}, {"HEAD", "", 3}, {"GET", "query", 3}, {"POST", "", 1}, {"PUT", "x", 1}, {"DELETE", "", 1}} {
		var seen atomic.Int64
		reports := make(chan string, 1)
		f, addr := newFront(t, Options{Report: func(line string) { reports <- line }})
		f.Open(Backend{"web.1", 1}, rawApp(t, silent(&seen)))
		if code, _ := ask(t, c.method, "http://"+addr+"/x", c.body); code != 502 {
			t.Errorf("%s = %d, want 502", c.method, code)
		}
		if got := seen.Load(); got != c.want {
			t.Errorf("%s with %q was sent %d times, want %d", c.method, c.body, got, c.want)
		}
		want := c.method + " /x: web.1: the connection ended without an answer: EOF"
		if got := soon(t, "a failure is reported", reports); got != want {
			t.Errorf("report\n got %q\nwant %q", got, want)
		}
	}
}

func TestAnAnswerThatIsNoneIsABadGateway(t *testing.T) {
	for _, text := range []string{
		"SSH-2.0-OpenSSH_9.2\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
		"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 2<<20) + "\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
	} {
		f, addr := newFront(t, Options{})
		f.Open(Backend{"web.1", 1}, rawApp(t, func(c net.Conn, in *bufio.Reader) {
			http.ReadRequest(in)
			io.WriteString(c, text)
		}))
		if code, _ := ask(t, "GET", "http://"+addr, ""); code != 502 {
			t.Errorf("%.30q = %d, want 502", text, code)
		}
		if got := f.Snapshot().InFlight; got != 0 {
			t.Errorf("%.30q leaves %d requests in flight", text, got)
		}
	}
}

func TestAnAnswerCutShortIsCutShortForTheClientToo(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, func(c net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nbegin")
	}))
	if code, body, err := try(client(t), "GET", "http://"+addr, nil); err == nil {
		t.Errorf("= %d %q, want an error", code, body)
	}
}

// TestAPooledConnectionThatSpokeUnaskedIsNotUsed: else the next request would be
// answered by what an application said before it.
func TestAPooledConnectionThatSpokeUnaskedIsNotUsed(t *testing.T) {
	f, addr := newFront(t, Options{})
	told := make(chan struct{}, 9)
	f.Open(Backend{"web.1", 1}, rawApp(t, func(c net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue")
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse")
		told <- struct{}{}
		in.Peek(1)
	}))
	for range 5 {
		if _, body := ask(t, "GET", "http://"+addr, ""); body != "true" {
			t.Fatalf("got %q, want true", body)
		}
		<-told
	}
}

func TestLeastOutstandingRequestsWin(t *testing.T) {
	tab := newTable(Options{}.withDefaults())
	for i := range 3 {
		tab.open(Backend{fmt.Sprint("web.", i+1), 1}, netip.AddrPort{})
	}
	got := make(map[string]int)
	var first *backend
	for range 7 {
		b, err := tab.claim(context.Background(), farAway())
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b
		}
		got[b.name.Name]++
	}
	if got["web.1"] != 3 || got["web.2"] != 2 || got["web.3"] != 2 {
		t.Errorf("seven requests went to %v", got)
	}
	for range 2 {
		tab.release(first)
	}
	if b, _ := tab.claim(context.Background(), farAway()); b != first {
		t.Errorf("the next went to %s, want %s, which has the fewest", b.name, first.name)
	}
}
