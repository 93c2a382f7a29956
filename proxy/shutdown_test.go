package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestALameDuckServesAndSaysGoodbye(t *testing.T) {
	f, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	c, in := dialRaw(t, addr)
	for _, lame := range []bool{false, true} {
		if lame {
			f.LameDuck()
		}
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != 200 || res.Close != lame {
			t.Fatalf("lame duck %v: %+v, %v", lame, res, err)
		}
		io.Copy(io.Discard, res.Body)
	}
	if ask(t, "GET", "http://"+addr, ""); f.Snapshot().Answers[200] != 3 {
		t.Error("a lame duck refuses new connections")
	}
}

// slowFront has one request in flight at an application that answers when told to.
func slowFront(t *testing.T) (f *Front, addr string, end chan struct{}, answered chan string) {
	begun := make(chan struct{})
	end, answered = make(chan struct{}), make(chan string, 1)
	f, addr = frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		select {
		case <-end:
		case <-r.Context().Done():
		}
	})
	go func() {
		code, _, err := try(client(t), "GET", "http://"+addr, nil)
		answered <- fmt.Sprint(code, " ", err != nil)
	}()
	soon(t, "the request arrives", begun)
	return f, addr, end, answered
}

func TestShutdownWaitsForRequests(t *testing.T) {
	f, addr, end, answered := slowFront(t)
	down := make(chan error, 1)
	go func() { down <- f.Shutdown(context.Background()) }()
	eventually(t, "nobody is accepted", func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	close(end)
	if got := soon(t, "the request is answered", answered); got != "200 false" {
		t.Errorf("the request in flight: %s, want 200", got)
	}
	if err := soon(t, "Shutdown returns", down); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
}

func TestAFrontSettlesWhenItsClientsHaveTheirAnswers(t *testing.T) {
	f, addr, end, answered := slowFront(t)
	dialRaw(t, addr) // holds up nobody
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		f.Settle(context.Background())
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	f.Settle(ctx)
	select {
	case <-settled:
		t.Error("it has settled before its client was answered")
	default:
	}
	close(end)
	if got := soon(t, "the request is answered", answered); got != "200 false" {
		t.Errorf("the request in flight: %s, want 200", got)
	}
	soon(t, "it settles", settled)
}

func TestShutdownCutsWhatIsLeft(t *testing.T) {
	f, _, _, answered := slowFront(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the budget is used up"))
	want := "cut 1 requests that had not ended: the budget is used up"
	if err := f.Shutdown(ctx); err == nil || err.Error() != want {
		t.Errorf("Shutdown = %v, want %s", err, want)
	}
	if got := soon(t, "the client knows", answered); got != "0 true" {
		t.Errorf("the request in flight: %s, want an error", got)
	}
	eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
}

func TestShutdownCutsWebSocketsAtItsDeadline(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, webSocket))
	c, in := dialRaw(t, addr)
	io.WriteString(c, handshake)
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 101 {
		t.Fatal(res, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := f.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown = %v", err)
	}
	if _, err := io.ReadAll(in); err != nil && !isClosed(err) {
		t.Errorf("the WebSocket: %v", err)
	}
	eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
}

func TestNobodyWaitsForInstancesThatWillNotCome(t *testing.T) {
	f, addr := newFront(t, Options{})
	name := Backend{"web.1", 1}
	f.Open(name, rawApp(t, func(net.Conn, *bufio.Reader) {}))
	f.Close(name, nil)
	answered := make(chan int, 1)
	go func() {
		code, _, _ := try(client(t), "GET", "http://"+addr, nil)
		answered <- code
	}()
	eventually(t, "it is parked", func() bool { return f.Snapshot().Parked == 1 })
	if err := f.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if code := <-answered; code != 503 {
		t.Errorf("= %d, want 503", code)
	}
}

func TestAConnectionWithoutARequestDoesNotHoldUpShutdown(t *testing.T) {
	f, addr := newFront(t, Options{})
	dialRaw(t, addr)
	eventually(t, "it is accepted", func() bool { return f.Snapshot().Connections == 1 })
	began := time.Now()
	if err := f.Shutdown(context.Background()); err != nil || time.Since(began) > 3*time.Second {
		t.Errorf("Shutdown = %v after %v, want less than net/http's 5 s", err, time.Since(began))
	}
}

func TestALameDuckSendsHTTP2ClientsAwayToo(t *testing.T) {
	f, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	c := client(t)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	c.Transport.(*http.Transport).Protocols = &protocols
	for range 2 {
		if code, _, err := try(c, "GET", "http://"+addr, nil); code != 200 {
			t.Fatal(code, err)
		}
	}
	if got := f.Snapshot().Connections; got != 1 {
		t.Errorf("two requests took %d connections, want 1", got)
	}
	f.LameDuck()
	if code, _, err := try(c, "GET", "http://"+addr, nil); code != 200 {
		t.Fatal(code, err)
	}
	eventually(t, "the connection is closed", func() bool { return f.Snapshot().Connections == 0 })
}
