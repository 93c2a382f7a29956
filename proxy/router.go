package proxy

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxSends bounds how often a request that may be repeated is sent: one that kills
// whom it meets must not meet them all.
const maxSends = 3

// router is httputil's way to the backends.
type router struct{ table *table }

// RoundTrip finds a backend for r, which is httputil's own copy, and returns the
// answer; closing its body ends the claim. A backend that does not take the connection
// is replaced by another, whatever the request; one that takes it and gives no answer
// only if the request may be repeated.
func (t *router) RoundTrip(r *http.Request) (*http.Response, error) {
	deadline := time.Now().Add(t.table.parkFor)
	body := unread(r)
	send, err := outgoing(r)
	if err != nil {
		return nil, err
	}
	for sends := 0; ; {
		b, err := t.table.claim(r.Context(), deadline)
		if err != nil {
			return nil, err
		}
		res, err := send(b, r, sends > 0, func() { t.table.release(b) })
		if err == nil {
			t.table.count(b, res.StatusCode)
			if body != nil {
				body.answered()
			}
			return res, nil
		}
		t.table.release(b)
		if !errors.As(err, new(dialError)) {
			sends++
		}
		if err := t.again(b, r, sends, err); err != nil {
			return nil, err
		}
	}
}

// again returns nil if r, which has been sent so many times and failed, is to be sent
// once more.
func (t *router) again(b *backend, r *http.Request, sends int, err error) error {
	switch {
	case errors.As(err, new(*bodyError)):
		return err
	case r.Context().Err() != nil:
		return r.Context().Err()
	case errors.As(err, new(dialError)):
		t.table.refused(b)
		return nil
	case errors.As(err, new(*lostError)) && repeatable(r) && sends < maxSends:
		t.table.retry()
		return nil
	}
	return fmt.Errorf("%s: %w", b.name, err)
}

// repeatable says that r does no harm when it is seen twice (RFC 9110, section 9.2.1),
// and that it can be sent twice.
func repeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		_, small := r.Body.(*smallBody)
		return r.Body == nil || small
	}
	return false
}

// sender sends a request to a backend; over is called when its answer has been read,
// not after an error.
type sender func(b *backend, r *http.Request, again bool, over func()) (*http.Response, error)

// outgoing makes r ready to be sent.
func outgoing(r *http.Request) (sender, error) {
	if isGRPC(r) {
		return sendHTTP2, nil
	}
	prepare(r)
	return sendHTTP1, readSmall(r)
}

// isGRPC says that only HTTP/2 can carry r. Everything else is sent as HTTP/1.1, which
// every application speaks.
func isGRPC(r *http.Request) bool {
	kind, ok := strings.CutPrefix(r.Header.Get("Content-Type"), "application/grpc")
	return ok && r.ProtoMajor == 2 && (kind == "" || kind[0] == '+' || kind[0] == ';')
}

// sendHTTP1 uses a pooled connection only for what may be repeated: the backend may be
// closing it at this moment. What failed once gets a fresh one too.
func sendHTTP1(b *backend, r *http.Request, again bool, over func()) (*http.Response, error) {
	c, err := b.pool.get(r.Context(), again || !repeatable(r))
	if err != nil {
		return nil, err
	}
	return c.exchange(r, b.pool, over)
}

// sendHTTP2 leaves everything to http.Transport; HTTP/2 itself says which requests a
// closing backend has not seen.
func sendHTTP2(b *backend, r *http.Request, _ bool, over func()) (*http.Response, error) {
	out, target := *r, *r.URL
	target.Scheme, target.Host = "http", b.addr.String()
	out.URL = &target
	if r.Body != nil {
		out.Body = io.NopCloser(r.Body) // a failed dial must leave it open for the next
	}
	res, err := b.h2.RoundTrip(&out)
	if err != nil {
		return nil, err
	}
	res.Body = &claimed{ReadCloser: res.Body, over: sync.OnceFunc(over)}
	return res, nil
}

// claimed is the body of an answer in HTTP/2.
type claimed struct {
	io.ReadCloser
	over func()
}

func (c *claimed) Close() error {
	defer c.over()
	return c.ReadCloser.Close()
}
