package proxy

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
)

// target is what stands in the request line: the client's own bytes, but for the
// absolute form, which becomes a path (RFC 9112, section 3.2.1).
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// prepare takes from the headers what writeHead says itself.
func prepare(r *http.Request) {
	delete(r.Header, "Content-Length")
	if agent := r.Header["User-Agent"]; len(agent) == 1 && agent[0] == "" {
		delete(r.Header, "User-Agent") // httputil's sign for "none"
	}
}

// bodyMethods say that they have no body (RFC 9110, section 8.6).
var bodyMethods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// writeHead writes the request line and headers of a prepared request that refused
// has let pass; net/http has seen to it that names are tokens and that values have no
// control characters. Errors stay in w.
func writeHead(w *bufio.Writer, r *http.Request) {
	for _, s := range [...]string{r.Method, " ", target(r), " HTTP/1.1\r\nHost: ", r.Host, "\r\n"} {
		w.WriteString(s)
	}
	switch {
	case r.ContentLength < 0:
		w.WriteString("Transfer-Encoding: chunked\r\n")
		if len(r.Trailer) > 0 {
			w.WriteString("Trailer: " + strings.Join(sortedKeys(r.Trailer), ", ") + "\r\n")
		}
	case r.ContentLength > 0, slices.Contains(bodyMethods, r.Method):
		w.WriteString("Content-Length: ")
		w.Write(strconv.AppendInt(w.AvailableBuffer(), r.ContentLength, 10))
		w.WriteString("\r\n")
	}
	r.Header.Write(w)
	w.WriteString("\r\n")
}

func sortedKeys(h http.Header) (keys []string) {
	for k := range h {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// writeBody copies the body of r as it comes. An error of the client is a *bodyError.
func writeBody(w *bufio.Writer, r *http.Request) error {
	var body io.Writer = w
	if r.ContentLength < 0 {
		body = httputil.NewChunkedWriter(w)
	}
	buf := buffers.Get()
	defer buffers.Put(buf)
	for {
		n, err := r.Body.Read(buf)
		if n > 0 {
			body.Write(buf[:n])
			if err := w.Flush(); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF && r.ContentLength < 0:
			return writeTrailer(w, r.Trailer)
		case err == io.EOF:
			return nil
		case err != nil:
			return &bodyError{err}
		}
	}
}

// writeTrailer ends a chunked body (RFC 9112, section 7.1).
func writeTrailer(w *bufio.Writer, trailer http.Header) error {
	w.WriteString("0\r\n")
	trailer.Write(w)
	w.WriteString("\r\n")
	return w.Flush()
}
