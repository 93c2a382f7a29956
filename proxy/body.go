package proxy

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

// bodyError is a request that its client did not finish sending.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "cannot read the request: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// patientBody cuts a client that is silent in the middle of its request. Once the
// answer has begun both may take their time: that is a stream.
type patientBody struct {
	io.ReadCloser
	control  *http.ResponseController
	patience time.Duration

	mu       sync.Mutex
	answered bool
}

func (b *patientBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	if !b.answered {
		b.control.SetReadDeadline(time.Now().Add(b.patience))
	}
	b.mu.Unlock()
	return b.ReadCloser.Read(p)
}

func (b *patientBody) answer() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answered = true
	b.control.SetReadDeadline(time.Time{})
}

// clientBody is what httputil makes of a patientBody, with the way back to it.
type clientBody struct {
	io.ReadCloser
	patient *patientBody
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
