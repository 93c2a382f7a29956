package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// bodyError is a request that its client did not finish sending.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "cannot read the request: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// clientBody is a body as it comes from its client. A client that is silent in the middle of
// it is cut; once the answer has begun both may take their time: that is a stream.
type clientBody struct {
	io.ReadCloser
	conn     *clientConn // nil in HTTP/2, where others use it too
	control  *http.ResponseController
	patience time.Duration

	whole   atomic.Bool // it has been read to its end
	reading sync.Mutex  // held by the Read that goes on

	mu        sync.Mutex
	forever   bool // a Read may take its time
	abandoned bool // or must not begin any more
}

var errAbandoned = errors.New("nobody wants the rest")

func (b *clientBody) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if !b.begin() {
		return 0, errAbandoned
	}
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.whole.Store(true)
	}
	return n, err
}

func (b *clientBody) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.forever {
		b.control.SetReadDeadline(time.Now().Add(b.patience))
	}
	return !b.abandoned
}

// answered ends the patience, and with it that for the client.
func (b *clientBody) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forever = true
	b.control.SetReadDeadline(time.Time{})
}

// abandon returns when no Read goes on, and makes later ones fail: the request is over. To
// net/http it looks as if the client had gone, so it is the last that is done.
func (b *clientBody) abandon() {
	if b.whole.Load() {
		return
	}
	b.mu.Lock()
	b.forever, b.abandoned = true, true
	b.mu.Unlock()
	b.control.SetReadDeadline(time.Unix(1, 0))
	if b.conn != nil {
		b.conn.lingers.Store(true)
	}
	b.reading.Lock()
	//lint:ignore SA2001 who reads has the lock, and we wait until it has read
	b.reading.Unlock()
}

// unread is the body of a request if not all of it has been read, else nil.
func unread(r *http.Request) *clientBody {
	if b, ok := r.Body.(*clientBody); ok && !b.whole.Load() {
		return b
	}
	return nil
}

// maxSmall is how much of a request is read before it is given to anybody: so much of
// a slow client's upload keeps nobody waiting.
const maxSmall = 16 << 10

// smallBody is a body that has been read.
type smallBody struct{ bytes.Reader }

func (*smallBody) Close() error { return nil }

// readSmall replaces the body of r if it is small and announced.
func readSmall(r *http.Request) error {
	if r.Body == nil || r.ContentLength < 0 || r.ContentLength > maxSmall || expectsContinue(r) {
		return nil
	}
	b := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, b); err != nil {
		return &bodyError{err}
	}
	small := new(smallBody)
	small.Reset(b)
	r.Body = small
	return nil
}
