package proxy

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
)

// serve answers one request of a client.
func (f *Front) serve(w http.ResponseWriter, r *http.Request) {
	if code, why := refused(r); code != 0 {
		f.answer(w, r, code, why)
		return
	}
	defer f.serving.Add(-1)
	if f.serving.Add(1) > int64(f.clients.max+f.table.maxParked) { // HTTP/2 brings many on one connection
		f.fail(w, r, errNobody)
		return
	}
	w.Header()["Content-Type"] = nil // net/http must not guess one
	if r.ContentLength != 0 {
		in := *r // the server looks at the body of its own when it begins and ends the answer
		body := f.bodyOf(w, r)
		in.Body = body
		defer body.abandon()
		r = &in
	}
	switch {
	case r.ProtoMajor == 2:
		w = &patientWriter{w, http.NewResponseController(w), f.clients.patience}
	case upgrade(r.Header) != "":
		w = switcher{w}
	}
	f.rewrite.ServeHTTP(w, r)
}

func (f *Front) bodyOf(w http.ResponseWriter, r *http.Request) *clientBody {
	body := &clientBody{ReadCloser: r.Body, control: http.NewResponseController(w), patience: f.clients.patience}
	if r.ProtoMajor == 1 {
		body.conn, _ = r.Context().Value(clientKey{}).(*clientConn)
	}
	return body
}

// finish is what is done to the headers of every answer of a backend.
func (f *Front) finish(res *http.Response) error {
	if res.StatusCode != http.StatusSwitchingProtocols && f.lastOn(res.Request) {
		res.Header.Set("Connection", "close")
	}
	return nil
}

// refused finds what no proxy of origin servers can pass on (RFC 9112, section 3.2).
func refused(r *http.Request) (code int, why string) {
	u := r.URL
	switch {
	case r.Method == http.MethodConnect:
		return http.StatusMethodNotAllowed, "CONNECT is not for this server"
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return http.StatusBadRequest, "the target is not an http URL"
	case u.Opaque != "", u.Path != "" && u.Path[0] != '/', u.Path == "" && u.Host == "":
		return http.StatusBadRequest, "the target is not a path"
	case !isWord(r.Method), !isWord(target(r)), !isWord(r.Host):
		return http.StatusBadRequest, "the request line or Host has a blank or control character"
	}
	return 0, ""
}

// isWord says that s can stand in a head of HTTP/1.1 without ending what it stands in.
// HTTP/1.1 cannot bring anything else, but HTTP/2 can.
func isWord(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == 0x7f })
}

// lastOn says that the connection must not be used after r. A request framed in chunks
// may have had a Content-Length too, which net/http takes away; another proxy may have
// believed that one, so "the server MUST close the connection" (RFC 9112, section 6.1).
// The same holds for HTTP/1.0, of which a Transfer-Encoding is ignored.
//
// And for an answer that begins before its request has ended: what is left of a body is no
// request, and net/http would take it from the backend to make room for the answer.
func (f *Front) lastOn(r *http.Request) bool {
	return f.lame.Load() || r.ProtoMajor == 1 && (len(r.TransferEncoding) > 0 || r.ProtoMinor == 0 || unread(r) != nil)
}

// fail answers a request that no backend has answered.
func (f *Front) fail(w http.ResponseWriter, r *http.Request, err error) {
	var body *bodyError
	switch {
	case errors.As(err, &body) && errors.Is(err, os.ErrDeadlineExceeded):
		f.answer(w, r, http.StatusRequestTimeout, "the rest of the request did not come")
	case errors.As(err, &body):
		f.answer(w, r, http.StatusBadRequest, "the request ended early")
	case r.Context().Err() != nil, errors.Is(err, context.Canceled):
		f.table.count(nil, statusClientGone)
		panic(http.ErrAbortHandler) // a half-closed client must not read an empty 200
	case errors.Is(err, errNobody):
		w.Header().Set("Retry-After", "1")
		f.answer(w, r, http.StatusServiceUnavailable, "nobody is ready to answer")
	default:
		f.report.line(r.Method + " " + r.URL.EscapedPath() + ": " + err.Error())
		f.answer(w, r, http.StatusBadGateway, "the application gave no answer")
	}
}

// statusClientGone is nginx's code for a client that did not wait; it is only counted.
const statusClientGone = 499

func (f *Front) answer(w http.ResponseWriter, r *http.Request, code int, why string) {
	f.table.count(nil, code)
	if f.lastOn(r) {
		w.Header().Set("Connection", "close")
	}
	http.Error(w, http.StatusText(code)+": "+why, code)
}
