package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// smuggled are bytes that proxies and servers have taken for different requests.
var smuggled = []string{
	"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0bchunked\r\nContent-Length: 0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent_Length: 0\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=\"\r\n\"\r\nabc\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0003\r\nabc\r\n000\r\nHost: y\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: Content-Length\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\nHEAD //b HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: x\r\n\r\nGET * HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"\r\n\r\nGET /1?a b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /1 HTTP/1.1\nHost: x\n\nGET /2 HTTP/1.1\nHost: x\n\n",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
}

// FuzzNothingIsSmuggled: an application behind the front door sees no request in what a
// client sends that it would not see alone.
func FuzzNothingIsSmuggled(f *testing.F) {
	for _, s := range smuggled {
		f.Add([]byte(s))
	}
	var alone, behind seen
	direct := serving(f, (&http.Server{Handler: http.HandlerFunc(alone.whole)}).Serve)
	front := New(Options{})
	front.Open(Backend{"web.1", 1}, addrOf(serving(f, (&http.Server{Handler: http.HandlerFunc(behind.whole)}).Serve)))
	door := serving(f, front.Serve)

	f.Fuzz(func(t *testing.T, sent []byte) {
		if bytes.HasPrefix(sent, []byte("PRI")) {
			return // HTTP/2
		}
		alone.asked, behind.asked = nil, nil
		answers := say(t, direct, sent, -1)
		say(t, door, sent, answers)
		eventually(t, "nothing is in flight", func() bool { return front.Snapshot().InFlight == 0 })
		behind.mu.Lock()
		defer behind.mu.Unlock()
		if !isWithin(behind.asked, alone.asked) {
			t.Errorf("of %q it sees %q, alone %q", sent, behind.asked, alone.asked)
		}
	})
}

// whole remembers a request if all of it has come.
func (s *seen) whole(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "0") // which say can read for HEAD too
	body, err := io.ReadAll(r.Body)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, fmt.Sprintf("%s %s of %s %q", r.Method, r.URL.RequestURI(), r.Host, body))
	}
}

// isWithin says that some, in their order, are among all.
func isWithin(some, all []string) bool {
	for _, one := range some {
		i := slices.Index(all, one)
		if i < 0 {
			return false
		}
		all = all[i+1:]
	}
	return true
}

func serving(f *testing.F, serve func(net.Listener) error) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	go serve(l)
	return l
}

// say sends it all on one connection and counts the answers, until there are so many or the
// connection is closed. For -1 it ends what it sends, so that it will be closed.
func say(t *testing.T, to net.Listener, sent []byte, max int) (answers int) {
	conn, err := net.Dial("tcp", to.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := conn.(*net.TCPConn)
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Second))
	go func() {
		c.Write(sent)
		if max < 0 {
			c.CloseWrite()
		}
	}()
	for in := bufio.NewReader(c); answers != max; {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			break
		}
		io.Copy(io.Discard, res.Body)
		answers++
	}
	return answers
}

// FuzzAnAnswerIsThatToItsRequest: whatever an application says to one request, the next one
// is not answered by what is left of it.
func FuzzAnAnswerIsThatToItsRequest(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\nrest",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\nto the end", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	var text atomic.Pointer[[]byte]
	app := serving(f, func(l net.Listener) error {
		for {
			c, err := l.Accept()
			if err != nil {
				return err
			}
			go sayOnceThenRight(c, &text)
		}
	})
	front := New(Options{})
	front.Open(Backend{"web.1", 1}, addrOf(app))
	door := serving(f, front.Serve)

	f.Fuzz(func(t *testing.T, said []byte) {
		text.Store(&said)
		c := client(t)
		try(c, "GET", "http://"+door.Addr().String()+"/first", nil)
		code, body, err := try(c, "GET", "http://"+door.Addr().String()+"/second", nil)
		if code != 200 || body != "right" || err != nil {
			t.Errorf("after %q the next one is answered %d %q, %v", said, code, body, err)
		}
	})
}

// sayOnceThenRight answers /first with text, and everything else with right.
func sayOnceThenRight(c net.Conn, text *atomic.Pointer[[]byte]) {
	defer c.Close()
	for in := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if r.URL.Path != "/first" {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright")
			continue
		}
		said := *text.Load()
		c.Write(said)
		if !endsBeforeItsEnd(said, r) {
			return // else the client would wait for more
		}
	}
}

// endsBeforeItsEnd says that said is a whole answer for which the connection need not close.
func endsBeforeItsEnd(said []byte, r *http.Request) bool {
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(said)), r)
	if err != nil || res.StatusCode < 200 || res.Close {
		return false
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil
}
