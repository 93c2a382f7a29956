package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestAnAnswerToHalfARequestArrives: an application may answer before it has read the
// body, and the client may wait for that before it goes on.
func TestAnAnswerToHalfARequestArrives(t *testing.T) {
	for _, framing := range []string{"Content-Length: 100000\r\n\r\nbegin", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n"} {
		for name, app := range map[string]func(net.Conn, *bufio.Reader){
			"and the application goes on": func(c net.Conn, in *bufio.Reader) {
				http.ReadRequest(in)
				io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
				io.Copy(io.Discard, in)
			},
			"and the application closes": func(c net.Conn, in *bufio.Reader) {
				http.ReadRequest(in)
				io.WriteString(c, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
			},
		} {
			t.Run(name, func(t *testing.T) {
				f, addr := newFront(t, Options{})
				f.Open(Backend{"web.1", 1}, rawApp(t, app))
				defer func() {
					if got := f.Snapshot().Requests; got != 1 {
						t.Errorf("the application was asked %d times, want once", got)
					}
				}()
				c, in := dialRaw(t, addr)
				fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\n%s", framing)
				if codes, _ := statuses(in, 1); fmt.Sprint(codes) != "[413]" {
					t.Errorf("%v, want 413", codes)
				}
				io.WriteString(c, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n") // it is still the body
				if codes, closed := statuses(in, 1); len(codes) > 0 || !closed {
					t.Errorf("then %v, closed %v, want the end", codes, closed)
				}
				eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
			})
		}
	}
}

// TestABodyIsWholeThoughTheAnswerHasBegun: net/http would take the rest of it to make room.
func TestABodyIsWholeThoughTheAnswerHasBegun(t *testing.T) {
	_, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.(http.Flusher).Flush()
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, " ", err)
	})
	c, in := dialRaw(t, addr)
	const size = 100_000
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nbegin", size)
	res, err := http.ReadResponse(in, nil) // the answer begins
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, strings.Repeat("x", size-5))
	if text, err := io.ReadAll(res.Body); string(text) != "100000 <nil>" || err != nil {
		t.Errorf("the application read %s, %v", text, err)
	}
}

// TestAnAnswerSurvivesWhatTheClientGoesOnSending: closed at once, the connection would be
// reset, and the answer with it.
func TestAnAnswerSurvivesWhatTheClientGoesOnSending(t *testing.T) {
	_, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "no", http.StatusRequestEntityTooLarge)
	})
	for range 20 {
		c, in := dialRaw(t, addr)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n")
		in.Peek(1) // it is answered
		for range 20 {
			if _, err := c.Write(make([]byte, 10_000)); err != nil {
				t.Fatalf("the client cannot go on: %v", err)
			}
		}
		if codes, _ := statuses(in, 1); fmt.Sprint(codes) != "[413]" {
			t.Errorf("%v, want 413", codes)
		}
	}
}
