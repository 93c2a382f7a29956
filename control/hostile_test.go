package control

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"supervise/supervisor"
)

// raw is a connection on which anything can be written.
func (a *app) raw(t *testing.T, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", a.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(enough))
	io.WriteString(c, text) // it may have been refused already
	return c
}

// works says that supervision goes on, by itself and for a client of good manners.
func (a *app) works(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), enough)
	defer cancel()
	for range 20 {
		_, watcher := a.sup.Watch(0)
		if err := a.sup.Do(ctx, supervisor.Restart{}); err != nil {
			t.Fatal(err)
		}
		for {
			e, _, err := watcher.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if e.Kind == supervisor.KindRollEnded {
				break
			}
		}
		watcher.Close()
	}
}

func TestAThousandHalfRequestsDoNotDelaySupervision(t *testing.T) {
	a := start(t, func(_ *Options, l *limits) {
		l.connections, l.header, l.request = 16, 100*time.Millisecond, 100*time.Millisecond
	}, typ("web", 2))
	a.client.Close()
	var conns []net.Conn
	for i := range 1000 {
		half := []string{"", "GET /v1/inst", "GET /v1/instances HTTP/1.1\r\nHost: x\r\nX: ", "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"}[i%4]
		conns = append(conns, a.raw(t, half))
	}
	begun := time.Now()
	a.works(t)
	t.Logf("20 rolls beside 1000 connections took %s", time.Since(begun))
	for _, c := range conns {
		if _, err := io.Copy(io.Discard, c); isTimeout(err) {
			t.Fatal("a half request has a connection for ever")
		}
	}
	if _, err := a.client.Instances(a.ctx(t)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}

func TestOneConnectionTooManyIsToldSo(t *testing.T) {
	a := start(t, func(_ *Options, l *limits) { l.connections = 3 }, typ("web", 1))
	a.client.Close()
	for range 3 {
		c := a.raw(t, "GET /v1/instances HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := a.client.Instances(a.ctx(t))
	if want := "too many connections are open"; err == nil || err.Error() != want {
		t.Errorf("the fourth gets %v, want %s", err, want)
	}
}

func TestOneStreamTooManyIsToldSo(t *testing.T) {
	a := start(t, func(_ *Options, l *limits) { l.streams = 1 }, typ("web", 1))
	f := &feed{client: a.client, path: "/v1/events"}
	if err := f.connect(a.ctx(t)); err != nil {
		t.Fatal(err)
	}
	defer f.close()
	_, err := a.client.do(a.ctx(t), "GET", "/v1/logs?follow=true", nil, "")
	if want := "1 streams are open, no more are possible"; err == nil || err.Error() != want {
		t.Errorf("the second gets %v, want %s", err, want)
	}
}

func TestLargeRequestsAreNotRead(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	for name, test := range map[string]struct {
		head string
		body io.Reader
		want int
	}{
		"100 MB":           {"POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n[\"", zeros(100 << 20), 413},
		"100 MB in pieces": {"POST /v1/stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6400000\r\n{\"instances\":[\"", zeros(100 << 20), 413},
		"100 MB of head":   {"GET /v1/instances HTTP/1.1\r\nX: ", zeros(100 << 20), 431},
	} {
		c := a.raw(t, test.head)
		sent := make(chan int64)
		go func() { n, _ := io.Copy(c, test.body); sent <- n }()
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != test.want {
			t.Errorf("%s: %v, %v, want status %d", name, resp, err, test.want)
		}
		c.Close()
		if n := <-sent; n > 4<<20 {
			t.Errorf("%s: %d bytes were taken", name, n)
		}
	}
	a.works(t)
}

func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestASlowReaderLosesItsBacklogAndIsTold: it reads nothing while more happens than is
// kept, and everything then.
func TestASlowReaderLosesItsBacklogAndIsTold(t *testing.T) {
	a := start(t, nil, typ("web", 10))
	slow := a.raw(t, "GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
	for a.server.record.now(nil).seq < 4*keptEvents {
		a.works(t)
	}
	seen, lost := uint64(0), uint64(0)
	resp, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{client: a.client, body: resp.Body, lines: bufio.NewScanner(resp.Body)}
	ctx := a.ctx(t)
	for seen+lost < a.server.record.now(nil).seq {
		e, err := nextEvent(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		if lost += e.Lost; e.Lost == 0 {
			seen++
			if e.Seq != seen+lost {
				t.Fatalf("event %d comes after %d were seen and %d lost", e.Seq, seen-1, lost)
			}
		}
	}
	if lost == 0 {
		t.Error("nothing was lost")
	}
	t.Logf("%d seen, %d lost", seen, lost)
}

func TestASlowReaderOfTheLogLosesItsOwnLines(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	slow := a.raw(t, "GET /v1/logs?follow=true&lines=0&name=web HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatal(err)
	}
	const lines = 20_000
	for n := range lines {
		a.write("web", "web.1", fmt.Sprintf("%d %s", n, strings.Repeat("x", 100)))
		a.write("worker", "worker.1", "does not count")
	}
	f := &feed{client: a.client, body: resp.Body, lines: bufio.NewScanner(resp.Body)}
	ctx, seen, lost := a.ctx(t), 0, 0
	for seen+lost < lines {
		var l line
		if err := f.next(ctx, &l); err != nil {
			t.Fatal(err)
		}
		if lost += int(l.Lost); l.Lost == 0 {
			if want := fmt.Sprintf("%d ", seen+lost); !strings.HasPrefix(l.Message, want) {
				t.Fatalf("%.20q comes after %d were seen and %d lost", l.Message, seen, lost)
			}
			seen++
		}
	}
	if lost == 0 {
		t.Error("nothing was lost")
	}
	t.Logf("%d seen, %d lost", seen, lost)
}

func TestAReaderThatTakesNothingIsCutOff(t *testing.T) {
	a := start(t, func(_ *Options, l *limits) { l.streams, l.write = 1, 20*time.Millisecond }, typ("web", 10))
	a.raw(t, "GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
	for len(a.server.streams) == 0 {
		runtime.Gosched()
	}
	for len(a.server.streams) > 0 {
		a.works(t)
	}
}

// TestAStreamMayBeIdle for longer than a request, or a write, may take.
func TestAStreamMayBeIdle(t *testing.T) {
	a := start(t, func(_ *Options, l *limits) { l.write, l.request = 20*time.Millisecond, 20*time.Millisecond }, typ("web", 1))
	c := a.raw(t, "GET /v1/logs?follow=true HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{client: a.client, body: resp.Body, lines: bufio.NewScanner(resp.Body)}
	for _, n := range []int{10, 10_000} {
		a.client.Wait(a.ctx(t), ForStopped, 50*time.Millisecond) // which it is not
		a.write("web", "web.1", strings.Repeat("x", n))
		if data, err := f.event(); err != nil || len(data) < n {
			t.Fatalf("heard %q, %v, want %d bytes", data, err, n)
		}
	}
}
