package proxy

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
)

// lostError is a connection that ended before the answer could be passed on: how much
// of the request was seen is not known.
type lostError struct{ err error }

func (e *lostError) Error() string { return "the connection ended without an answer: " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// exchange sends r, which is prepared, and returns the answer when its head is there.
// The answer's body holds c until it is closed, which calls over. After an error c is
// closed and over is not called.
func (c *conn) exchange(r *http.Request, p *pool, over func()) (*http.Response, error) {
	stop := context.AfterFunc(r.Context(), c.abort)
	writeHead(c.out, r)
	up := c.send(r)
	res, err := c.receive(r, up)
	switch {
	case err != nil:
		stop()
		c.close()
		return nil, up.blame(err, r.Context().Err())
	case res.StatusCode == http.StatusSwitchingProtocols:
		res.Body = &tunnel{conn: c, stop: stop, over: over}
	default:
		res.Body = &answer{Reader: res.Body, conn: c, pool: p, up: up, stop: stop, over: over, last: res.Close}
	}
	return res, nil
}

// send sends what is in c.out, and the body if there is one. It ignores errors of the
// backend: there may be an answer that says why, and if not that is an error too.
func (c *conn) send(r *http.Request) *upload {
	switch small := r.Body.(type) {
	case nil:
		c.out.Flush()
		return nil
	case *smallBody:
		small.Seek(0, io.SeekStart)
		small.WriteTo(c.out)
		c.out.Flush()
		return nil
	}
	c.out.Flush()
	up := newUpload(r)
	go c.upload(r, up)
	return up
}

// receive reads the head of the answer, and passes on those of informational ones.
func (c *conn) receive(r *http.Request, up *upload) (*http.Response, error) {
	c.budget = maxAnswerHead
	if _, err := c.in.Peek(1); err != nil {
		return nil, &lostError{err}
	}
	for {
		res, err := http.ReadResponse(c.in, r)
		switch {
		case err != nil:
			return nil, fmt.Errorf("cannot read the answer: %w", err)
		case res.StatusCode == http.StatusContinue:
			up.proceedNow()
		case res.StatusCode == http.StatusSwitchingProtocols:
			c.budget = math.MaxInt64
			return res, unasked(r, res)
		case res.StatusCode >= 200:
			c.budget = math.MaxInt64
			return res, c.whole(r, res)
		default:
			inform(r, res)
		}
	}
}

// whole waits for a small body, if the request could be repeated without it.
func (c *conn) whole(r *http.Request, res *http.Response) error {
	n := res.ContentLength
	if !repeatable(r) || res.Body == http.NoBody || n <= 0 || n > int64(c.in.Size()) {
		return nil
	}
	if _, err := c.in.Peek(int(n)); err != nil {
		return &lostError{err}
	}
	return nil
}

// unasked refuses a protocol that the client has not proposed.
func unasked(r *http.Request, res *http.Response) error {
	asked, got := upgrade(r.Header), upgrade(res.Header)
	if asked == "" || !strings.EqualFold(asked, got) {
		return fmt.Errorf("the application switched to protocol %q, the client asked for %q", got, asked)
	}
	return nil
}

// inform passes on a 1xx, which HTTP/1.0 does not know.
func inform(r *http.Request, res *http.Response) {
	trace := httptrace.ContextClientTrace(r.Context())
	if trace != nil && trace.Got1xxResponse != nil && r.ProtoAtLeast(1, 1) {
		trace.Got1xxResponse(res.StatusCode, textproto.MIMEHeader(res.Header))
	}
}
