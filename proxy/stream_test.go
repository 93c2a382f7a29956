package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
)

func TestEventsArriveOneByOne(t *testing.T) {
	next := make(chan struct{})
	_, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	res, err := client(t).Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	in := bufio.NewReader(res.Body)
	for i := range 3 {
		line, err := in.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i); line != want || err != nil {
			t.Fatalf("event %q %v, want %q", line, err, want)
		}
		in.ReadString('\n')
		next <- struct{}{}
	}
}

func TestAnAnswerOfKnownLengthIsNotHeldBack(t *testing.T) {
	next := make(chan struct{})
	_, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10000")
		io.WriteString(w, "begin")
		w.(http.Flusher).Flush()
		<-next
		io.WriteString(w, strings.Repeat("x", 9995))
	})
	res, err := client(t).Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b := make([]byte, 5)
	if io.ReadFull(res.Body, b); string(b) != "begin" {
		t.Fatalf("got %q first", b)
	}
	close(next)
	if rest, err := io.ReadAll(res.Body); len(rest) != 9995 || err != nil {
		t.Errorf("then %d bytes, %v", len(rest), err)
	}
}

// echo answers each line of the request while it comes, and says so in a trailer.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "Lines")
	http.NewResponseController(w).EnableFullDuplex()
	w.WriteHeader(200)
	w.(http.Flusher).Flush()
	n := 0
	for in := bufio.NewScanner(r.Body); in.Scan(); n++ {
		fmt.Fprintln(w, in.Text())
		w.(http.Flusher).Flush()
	}
	w.Header().Set("Lines", fmt.Sprint(n, " ", r.Trailer.Get("End")))
}

func TestStreamsGoBothWaysAtOnceWithTrailers(t *testing.T) {
	for _, kind := range []string{"HTTP/1.1", "HTTP/2.0", "gRPC"} {
		t.Run(kind, func(t *testing.T) {
			inner := make(chan string, 1)
			f, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
				inner <- r.Proto
				echo(w, r)
			})
			c := client(t)
			var protocols http.Protocols
			protocols.SetHTTP1(kind == "HTTP/1.1")
			protocols.SetUnencryptedHTTP2(kind != "HTTP/1.1")
			c.Transport.(*http.Transport).Protocols = &protocols
			body, out := io.Pipe()
			r, _ := http.NewRequest("POST", "http://"+addr, body)
			r.Trailer = http.Header{"End": nil}
			want := "HTTP/1.1"
			if kind == "gRPC" {
				want = "HTTP/2.0"
				r.Header.Set("Content-Type", "application/grpc+proto")
			}
			talk(t, c, r, out)
			if got := <-inner; got != want {
				t.Errorf("the application was spoken to in %s, want %s", got, want)
			}
			eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
		})
	}
}

// talk says a line, and the next one only after its echo.
func talk(t *testing.T, c *http.Client, r *http.Request, out *io.PipeWriter) {
	t.Helper()
	go io.WriteString(out, "first\n") // some clients wait for a body before they send anything
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	in := bufio.NewReader(res.Body)
	for _, want := range []string{"first", "second", "third"} {
		if line, err := in.ReadString('\n'); line != want+"\n" || err != nil {
			t.Fatalf("echo %q %v, want %q", line, err, want)
		}
		switch want {
		case "first":
			io.WriteString(out, "second\n")
		case "second":
			io.WriteString(out, "third\n")
		}
	}
	r.Trailer.Set("End", "bye")
	out.Close()
	io.Copy(io.Discard, in)
	if got := res.Trailer.Get("Lines"); got != "3 bye" {
		t.Errorf("trailer %q, want %q", got, "3 bye")
	}
}

func TestEarlyHintsArriveBeforeTheAnswer(t *testing.T) {
	_, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "ok")
	})
	hints := make(chan string, 1)
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		hints <- fmt.Sprint(code, h.Get("Link"))
		return nil
	}}
	r, _ := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), "GET", "http://"+addr, nil)
	res, err := client(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := soon(t, "hints arrive", hints); got != "103</a.css>" {
		t.Errorf("hints %q", got)
	}
}

func TestABodyThatIsNotWantedIsNotSent(t *testing.T) {
	f, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	for path, want := range map[string]string{"/no": "HTTP/1.1 413 ", "/yes": "HTTP/1.1 100 "} {
		c, in := dialRaw(t, addr)
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", path)
		line, _ := in.ReadString('\n')
		if !strings.HasPrefix(line, want) {
			t.Errorf("%s: %q, want %q", path, line, want)
		}
		if path == "/yes" {
			io.WriteString(c, "hello")
			in.ReadString('\n')
			if line, _ = in.ReadString('\n'); line != "HTTP/1.1 200 OK\r\n" {
				t.Errorf("then %q", line)
			}
		}
	}
	eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
}

// webSocket is an application that switches protocols and echoes until it is left.
func webSocket(c net.Conn, in *bufio.Reader) {
	if r, err := http.ReadRequest(in); err != nil || r.Header.Get("Upgrade") != "websocket" {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
		return
	}
	io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ")
	io.Copy(c, in)
	io.WriteString(c, " bye")
}

const handshake = "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"

func TestAWebSocketIsPipedAndHoldsItsInstance(t *testing.T) {
	f, addr := newFront(t, Options{})
	name := Backend{"web.1", 1}
	f.Open(name, rawApp(t, webSocket))
	f.LameDuck() // must not disturb the handshake
	c, in := dialRaw(t, addr)
	io.WriteString(c, handshake)
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 101 || upgrade(res.Header) != "websocket" {
		t.Fatalf("%+v %v", res, err)
	}
	drained := make(chan struct{})
	f.Close(name, func() { close(drained) })
	io.WriteString(c, "echo")
	b := make([]byte, 10)
	if io.ReadFull(in, b); string(b) != "hello echo" {
		t.Errorf("got %q", b)
	}
	select {
	case <-drained:
		t.Error("drained while a WebSocket was open")
	default:
	}
	c.(*net.TCPConn).CloseWrite()
	if rest, err := io.ReadAll(in); string(rest) != " bye" || err != nil {
		t.Errorf("after a half-close %q %v, want the other direction's end", rest, err)
	}
	soon(t, "the instance is drained", drained)
}

func TestWhatAClientSaysBeforeItsSwitchIsAnsweredArrives(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, webSocket))
	c, in := dialRaw(t, addr)
	io.WriteString(c, handshake+"early")
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 101 {
		t.Fatal(res, err)
	}
	io.WriteString(c, " and late")
	c.(*net.TCPConn).CloseWrite()
	if text, err := io.ReadAll(in); string(text) != "hello early and late bye" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestNoOtherProtocolHidesInATunnel(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, webSocket))
	for _, head := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
		"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
	} {
		c, in := dialRaw(t, addr)
		io.WriteString(c, head)
		if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 200 {
			t.Errorf("%q: %v %v, want 200", head, res, err)
		}
	}
}
