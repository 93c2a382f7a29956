package proxy

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// upload is a body on its way to a backend, beside the answer.
type upload struct {
	proceed chan struct{} // closed when the backend wants the body
	wanted  func()        // closes proceed, once
	ended   chan struct{} // closed when err is known
	err     error         // of the backend, or a *bodyError
}

// continueAfter is how long a body is held back for a 100 Continue that does not come
// (RFC 9110, section 10.1.1: "SHOULD NOT wait for an indefinite period").
const continueAfter = time.Second

func newUpload(r *http.Request) *upload {
	u := &upload{proceed: make(chan struct{}), ended: make(chan struct{})}
	u.wanted = sync.OnceFunc(func() { close(u.proceed) })
	if !expectsContinue(r) {
		u.wanted()
	}
	return u
}

func (c *conn) upload(r *http.Request, u *upload) {
	select {
	case <-u.proceed:
	case <-r.Context().Done():
	case <-time.After(continueAfter):
	}
	u.err = writeBody(c.out, r)
	close(u.ended)
	if _, ok := u.err.(*bodyError); ok {
		c.abort()
	}
}

// proceedNow is called when the backend says 100 Continue.
func (u *upload) proceedNow() {
	if u != nil {
		u.wanted()
	}
}

// blame says what err came from, if it came from a client that did not send it all.
func (u *upload) blame(err, gone error) error {
	if u == nil {
		return err
	}
	if gone != nil { // net/http says so a moment before the reader of the body can
		select {
		case <-u.ended:
		case <-time.After(time.Second):
			return &bodyError{gone}
		}
	}
	select {
	case <-u.ended:
		if failed, ok := u.err.(*bodyError); ok {
			return failed
		}
	default:
	}
	return err
}

// sent says whether all of the body has been.
func (u *upload) sent() bool {
	if u == nil {
		return true
	}
	select {
	case <-u.ended:
		return u.err == nil
	default:
		return false
	}
}

func expectsContinue(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Expect"), "100-continue")
}
