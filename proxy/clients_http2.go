package proxy

import (
	"net/http"
	"time"
)

// maxStreams is how many requests a client may have under way on one connection of HTTP/2;
// browsers expect a hundred.
const maxStreams = 100

// patientWriter gives up a client of HTTP/2 that does not take an answer: it need not stop
// reading for that, as one of HTTP/1.1 must, whom clientConn sees.
type patientWriter struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *patientWriter) Write(p []byte) (int, error) {
	w.control.SetWriteDeadline(time.Now().Add(w.patience))
	defer w.control.SetWriteDeadline(time.Time{}) // a stream may be silent
	return w.ResponseWriter.Write(p)
}

func (w *patientWriter) FlushError() error {
	w.control.SetWriteDeadline(time.Now().Add(w.patience))
	defer w.control.SetWriteDeadline(time.Time{})
	return w.control.Flush()
}
