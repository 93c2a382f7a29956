package ready

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"
)

// answerWithin is how long a launch has for one answer. Frameworks that compile at the
// first request need seconds, and would begin anew at each.
const answerWithin = 10 * time.Second

// newClient makes what follows no redirect, asks no proxy and keeps no connection.
func newClient() http.RoundTripper {
	return &http.Transport{
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// ask sends w, which listens on at, a request and judges the answer, on another goroutine.
func (p *Prober) ask(w *wait, at netip.AddrPort) {
	p.mu.Lock()
	w.asking = true
	p.mu.Unlock()
	go func() {
		at := reach(at)
		answer, ok := p.get(w.ctx, at, w.Path)
		if ok {
			p.done(w, Result{at, answer})
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		w.asking, w.answer, w.looked = false, answer, time.Now()
		if p.waiting[w.key] == w {
			p.arm(w.looked.Add(pause(w.looked.Sub(w.since))))
		}
	}()
}

// get says what came of GET path.
func (p *Prober) get(ctx context.Context, at netip.AddrPort, path string) (answer string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at.String()+path, nil)
	if err != nil {
		return failed(path, err), false
	}
	request.Host = "localhost"
	request.Header.Set("User-Agent", "supervise")
	response, err := p.client.RoundTrip(request)
	if err != nil {
		return failed(path, err), false
	}
	defer response.Body.Close()
	// Some servers complain in their logs about a client that does not take all they say.
	io.CopyN(io.Discard, response.Body, min(response.ContentLength, 64<<10))
	return fmt.Sprintf("GET %s gave %d", path, response.StatusCode), 200 <= response.StatusCode && response.StatusCode < 400
}

// failed says why there was no answer. The server's own bytes may be in it.
func failed(path string, err error) string {
	var reason string
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		reason = inner.Error() // of a dial: connection refused
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		reason = "no answer within " + answerWithin.String()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		reason = "connection closed without an answer"
	}
	return fmt.Sprintf("GET %s: %s", path, quote(reason))
}
