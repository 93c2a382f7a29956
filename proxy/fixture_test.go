package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// patiently is how long a test waits for what must happen.
const patiently = 10 * time.Second

// newFront serves on a free port of loopback until the test ends.
func newFront(t *testing.T, o Options) (*Front, string) {
	t.Helper()
	f := New(o)
	l := listen(t)
	served := make(chan error, 1)
	go func() { served <- f.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		f.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Errorf("Serve returned %v", err)
		}
	})
	return f, l.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// app is an application server.
type app struct {
	server *http.Server
	addr   netip.AddrPort
}

// newApp starts a server of HTTP/1.1 and h2c that closes connections idle for so long.
func newApp(t *testing.T, idle time.Duration, h http.HandlerFunc) *app {
	t.Helper()
	l := listen(t)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	a := &app{
		server: &http.Server{Handler: h, IdleTimeout: idle, Protocols: &protocols, ErrorLog: log.New(io.Discard, "", 0)},
		addr:   addrOf(l),
	}
	go a.server.Serve(l)
	t.Cleanup(func() { a.server.Close() })
	return a
}

func addrOf(l net.Listener) netip.AddrPort { return netip.MustParseAddrPort(l.Addr().String()) }

// frontOf is a front door with one application behind it.
func frontOf(t *testing.T, h http.HandlerFunc) (*Front, string) {
	t.Helper()
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, newApp(t, time.Second, h).addr)
	return f, addr
}

// rawApp answers each connection with talk, as no http.Server would.
func rawApp(t *testing.T, talk func(net.Conn, *bufio.Reader)) netip.AddrPort {
	t.Helper()
	l := listen(t)
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	t.Cleanup(func() { l.Close() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(patiently))
				talk(c, bufio.NewReader(c))
			})
		}
	})
	return addrOf(l)
}

// client has no connection left over when the test ends.
func client(t *testing.T) *http.Client {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patiently}
}

// ask sends one request and returns status and body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	code, text, err := try(client(t), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return code, text
}

func try(c *http.Client, method, url string, body io.Reader) (int, string, error) {
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		return 0, "", err
	}
	res, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// dialRaw is a client that says what it likes.
func dialRaw(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patiently))
	return c, bufio.NewReader(c)
}

// eventually waits for a condition that no channel tells of.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patiently); !holds(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not so after %v: %s", patiently, what)
		}
	}
}

// soon receives from c.
func soon[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patiently):
		t.Fatalf("not so after %v: %s", patiently, what)
	}
	return v
}

func isClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "reset by peer")
}
