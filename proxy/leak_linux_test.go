package proxy

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

// held is how many descriptors and goroutines this process has.
func held(t *testing.T) (files, goroutines int) {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(open), runtime.NumGoroutine()
}

// nothingIsHeld compares with what was held before, with some room for what the runtime
// and other connections of the test need.
func nothingIsHeld(t *testing.T, files, goroutines int) {
	t.Helper()
	const room = 5
	eventually(t, fmt.Sprintf("only %d descriptors and %d goroutines are left", files, goroutines), func() bool {
		f, g := held(t)
		return f <= files+room && g <= goroutines+room
	})
}

// Ways in which clients leave in the middle.
var aborts = []string{
	"GET / HTTP/1.1\r\nHo",
	"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
	"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nhalf",
	"POST /endless HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n",
	handshake,
}

func TestAbortedRequestsLeaveNothing(t *testing.T) {
	f, addr := frontOf(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			io.Copy(io.Discard, r.Body) // before that nobody tells it that its client has gone
			<-r.Context().Done()
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 10_000)); err != nil {
					return
				}
			}
		default:
			conn, _, _ := http.NewResponseController(w).Hijack()
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
			io.Copy(conn, conn)
		}
	})
	files, goroutines := held(t)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for i := range 100 {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(c, aborts[i%len(aborts)])
				<-time.After(time.Duration(rand.IntN(2000)) * time.Microsecond)
				if i%2 == 0 {
					c.(*net.TCPConn).SetLinger(0) // a reset
				}
				c.Close()
			}
		})
	}
	all.Wait()
	eventually(t, "nothing is in flight", func() bool { s := f.Snapshot(); return s.InFlight+s.Parked+s.Connections == 0 })
	nothingIsHeld(t, files, goroutines)
}

func TestReplacedInstancesLeaveNothing(t *testing.T) {
	f, addr := newFront(t, Options{})
	app := newApp(t, time.Minute, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	c, c2 := client(t), client2(t)
	try(c, "GET", "http://"+addr, nil)
	files, goroutines := held(t)
	for n := range 50 {
		name := Backend{"web.1", n}
		f.Open(name, app.addr)
		for _, method := range []string{"GET", "POST"} {
			if code, _, err := try(c, method, "http://"+addr, nil); code != 200 {
				t.Fatal(code, err)
			}
		}
		r, _ := http.NewRequest("POST", "http://"+addr, http.NoBody)
		r.Header.Set("Content-Type", "application/grpc")
		if res, err := c2.Do(r); err != nil {
			t.Fatal(err)
		} else {
			res.Body.Close()
		}
		drained := make(chan struct{})
		f.Close(name, func() { close(drained) })
		soon(t, "it is drained", drained)
	}
	nothingIsHeld(t, files+2, goroutines+6) // the connection of HTTP/2 has two ends, and goroutines
}

// TestWhatIsHeldIsSeen is the control of those above.
func TestWhatIsHeldIsSeen(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, webSocket))
	files, goroutines := held(t)
	for range 10 {
		c, in := dialRaw(t, addr)
		io.WriteString(c, handshake)
		if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 101 {
			t.Fatal(res, err)
		}
	}
	if f, g := held(t); f < files+40 || g < goroutines+20 {
		t.Errorf("ten WebSockets hold %d descriptors and %d goroutines", f-files, g-goroutines)
	}
}
