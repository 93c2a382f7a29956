package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzWhatAnApplicationReadsIsWhatTheClientSaid: any bytes that net/http takes for a
// request come out as exactly one request, with the same target and body.
func FuzzWhatAnApplicationReadsIsWhatTheClientSaid(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /a%20b?c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"PUT //x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
		"GET http://y/z HTTP/1.1\r\nHost: x\r\nUser-Agent:\r\nContent-Length: 0\r\n\r\n",
		"GET http://y HTTP/1.0\r\nA: b\r\n\tc\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: \r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(sent)))
		if err != nil {
			return
		}
		if code, _ := refused(r); code != 0 {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		prepare(r)
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		writeHead(w, r)
		if err := writeBody(w, r); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		in := bufio.NewReader(&out)
		got, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", sent, out.Bytes(), err)
		}
		again, err := io.ReadAll(got.Body)
		if err != nil || !bytes.Equal(again, body) {
			t.Errorf("body %q came out as %q, %v", body, again, err)
		}
		if got.Method != r.Method || got.RequestURI != target(r) || got.Host != r.Host {
			t.Errorf("%s %s of %s came out as %s %s of %s", r.Method, target(r), r.Host, got.Method, got.RequestURI, got.Host)
		}
		if rest, _ := io.ReadAll(in); len(rest) > 0 {
			t.Errorf("%q leaves %q", sent, rest)
		}
	})
}

// HTTP/2 can bring what HTTP/1.1 cannot.
func TestNothingEndsTheLineItStandsIn(t *testing.T) {
	for _, spoil := range []func(*http.Request){
		func(r *http.Request) { r.RequestURI = "/ HTTP/1.1\r\nEvil: 1" },
		func(r *http.Request) { r.RequestURI = "/a b" },
		func(r *http.Request) { r.Host = "x\r\nEvil: 1" },
		func(r *http.Request) { r.Method = "GET /x" },
	} {
		r := httptest.NewRequest("GET", "/", strings.NewReader(""))
		if code, _ := refused(r); code != 0 {
			t.Fatalf("refused with %d before it is spoilt", code)
		}
		spoil(r)
		if code, _ := refused(r); code != 400 {
			t.Errorf("%s %q %q = %d, want 400", r.Method, r.RequestURI, r.Host, code)
		}
	}
}
