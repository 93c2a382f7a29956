package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// load sends requests at a fixed rate, whatever becomes of them, so that a stall of the
// front door shows instead of slowing the load down.
type load struct {
	address     string
	kinds       []kind // sent in turn
	kept, fresh *http.Client

	mu      sync.Mutex
	results []result
}

// kind is a kind of request; do makes one of this id and says what is wrong.
type kind struct {
	name string
	do   func(l *load, c *http.Client, id string) error
}

// result is what became of one request.
type result struct {
	id, kind     string
	began, ended time.Time
	err          error
}

func (r result) String() string {
	return fmt.Sprintf("%s, sent at %s, failed after %v: %v", r.id, r.began.Format("15:04:05.000"), r.ended.Sub(r.began).Round(time.Millisecond), r.err)
}

// requestTimeout is more than the front door lets a request wait.
const requestTimeout = 15 * time.Second

func newLoad(t *testing.T, address string, kinds ...kind) *load {
	kept := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(kept.CloseIdleConnections)
	return &load{
		address: address, kinds: kinds,
		kept:  &http.Client{Timeout: requestTimeout, Transport: kept},
		fresh: &http.Client{Timeout: requestTimeout, Transport: &http.Transport{DisableKeepAlives: true}},
	}
}

// run sends so many requests a second until over is closed, and waits for all answers.
func (l *load) run(perSecond int, over <-chan struct{}) {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-over:
			return
		case <-tick.C: // a generator that was held up sends what it has missed
			all.Go(func() { l.one(n) })
		}
	}
}

func (l *load) one(n int) {
	k, client := l.kinds[n%len(l.kinds)], l.kept
	if n/len(l.kinds)%2 == 1 {
		client = l.fresh
	}
	r := result{id: fmt.Sprintf("%s-%d", k.name, n), kind: k.name, began: time.Now()}
	r.err = k.do(l, client, r.id)
	r.ended = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.results = append(l.results, r)
}

// failed are the requests that have not been answered as they should have been.
func (l *load) failed() []result {
	return slices.DeleteFunc(slices.Clone(l.results), func(r result) bool { return r.err == nil })
}

// summary is how long the requests of each kind took.
func (l *load) summary() string {
	times := map[string][]time.Duration{}
	for _, r := range l.results {
		times[r.kind] = append(times[r.kind], r.ended.Sub(r.began).Round(time.Millisecond))
	}
	var lines []string
	for _, k := range l.kinds {
		if took := times[k.name]; len(took) > 0 {
			slices.Sort(took)
			lines = append(lines, fmt.Sprintf("%5d %-12s median %v, 99 %% below %v, longest %v", len(took), k.name, took[len(took)/2], took[len(took)*99/100], took[len(took)-1]))
			delete(times, k.name)
		}
	}
	return strings.Join(lines, "\n")
}

// asks is a kind of request with a body of so many bytes; its length is announced unless
// it is in chunks.
func asks(method, path string, size int, chunks bool) kind {
	name := fmt.Sprintf("%s%s", method, path)
	if size > 0 {
		name += fmt.Sprintf("-%d", size)
	}
	return kind{name, func(l *load, c *http.Client, id string) error {
		var body io.Reader = strings.NewReader(strings.Repeat("x", size))
		if chunks {
			body = struct{ io.Reader }{body}
		}
		request, err := http.NewRequest(method, "http://"+l.address+path+"?id="+id, body)
		if err != nil {
			return err
		}
		answer, err := c.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if want := fmt.Sprintf("%s %d", id, size); err == nil && (answer.StatusCode != 200 || string(text) != want) {
			return fmt.Errorf("answered %d %q, want 200 %q", answer.StatusCode, text, want)
		}
		return err
	}}
}

// eventStreams is a kind of request that is answered by a stream of events.
var eventStreams = kind{"stream", func(l *load, c *http.Client, id string) error {
	answer, err := c.Get("http://" + l.address + "/stream?id=" + id)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if got := strings.Count(string(text), "data: "); err != nil || got != events {
		return fmt.Errorf("%d of %d events came, then %v", got, events, err)
	}
	return nil
}}

// sockets is a kind of request that becomes a WebSocket, on which the client speaks for a
// quarter of a second and then ends.
var sockets = kind{"socket", func(l *load, _ *http.Client, id string) error {
	conn, err := net.DialTimeout("tcp", l.address, requestTimeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(requestTimeout))
	fmt.Fprintf(conn, "GET /socket?id=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", id)
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the handshake got %v, %v", answer, err)
	}
	for n := range 5 {
		said := fmt.Sprintf("%s %d\n", id, n)
		io.WriteString(conn, said)
		if heard, err := in.ReadString('\n'); err != nil || heard != said {
			return fmt.Errorf("said %q, heard %q, %v", said, heard, err)
		}
		<-time.After(50 * time.Millisecond)
	}
	conn.(*net.TCPConn).CloseWrite()
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
		return fmt.Errorf("at the end %q, %v", rest, err)
	}
	return nil
}}
