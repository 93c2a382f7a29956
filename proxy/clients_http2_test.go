package proxy

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// client2 speaks HTTP/2.
func client2(t *testing.T) *http.Client {
	t.Helper()
	c := client(t)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	c.Transport.(*http.Transport).Protocols = &protocols
	return c
}

func TestAnHTTP2ClientThatStopsSendingIsCut(t *testing.T) {
	for _, length := range []int64{9, 99999, -1} {
		var app seen
		f, addr := impatient(t, app.handler)
		body, out := io.Pipe()
		defer out.Close()
		r, _ := http.NewRequest("POST", "http://"+addr, body)
		r.ContentLength = length
		go io.WriteString(out, "half")
		res, err := client2(t).Do(r)
		if err != nil || res.StatusCode != 408 {
			t.Errorf("%d bytes announced: %v %v, want 408", length, res, err)
		}
		eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
		if app.String() != "" {
			t.Errorf("the application saw %s", &app)
		}
	}
}

func TestAnHTTP2ClientThatStopsReadingIsCut(t *testing.T) {
	f, addr := impatient(t, func(w http.ResponseWriter, r *http.Request) {
		for b := make([]byte, 1<<20); ; {
			if _, err := w.Write(b); err != nil {
				return
			}
		}
	})
	c := client2(t)
	res, err := c.Get("http://" + addr)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	defer res.Body.Close()
	eventually(t, "nothing is in flight", func() bool { return f.Snapshot().InFlight == 0 })
}

func TestAnHTTP2StreamMayBeSilent(t *testing.T) {
	next := make(chan struct{})
	_, addr := impatient(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "a")
		w.(http.Flusher).Flush()
		<-next
		io.WriteString(w, "b")
	})
	res, err := client2(t).Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b := make([]byte, 1)
	io.ReadFull(res.Body, b)
	<-time.After(300 * time.Millisecond) // three times the patience
	close(next)
	if rest, err := io.ReadAll(res.Body); string(rest) != "b" || err != nil {
		t.Errorf("after a pause %q, %v", rest, err)
	}
}

// Requests are bounded beside connections: one of HTTP/2 can bring many.
func TestRequestsOfOneConnectionAreBounded(t *testing.T) {
	f, addr := newFront(t, Options{MaxConns: 2, MaxParked: 3})
	end := make(chan struct{})
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			<-end
		}
	}).addr)
	c := client2(t)
	try(c, "GET", "http://"+addr, nil) // now it has its connection
	codes := make(chan int, 20)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			code, _, _ := try(c, "GET", "http://"+addr+"/wait", nil)
			codes <- code
		})
	}
	for range 15 {
		if code := soon(t, "those above two in flight and three parked are refused", codes); code != 503 {
			t.Errorf("= %d, want 503", code)
		}
	}
	close(end)
	all.Wait()
	for range 5 {
		if code := <-codes; code != 200 {
			t.Errorf("= %d, want 200", code)
		}
	}
}

func TestBodiesThatDoNotComeAreBounded(t *testing.T) {
	f, addr := newFront(t, Options{MaxConns: 2, MaxParked: 3})
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(http.ResponseWriter, *http.Request) {}).addr)
	c := client2(t)
	try(c, "GET", "http://"+addr, nil)
	codes := make(chan int, 20)
	body, out := io.Pipe()
	for range 20 {
		go func() {
			r, _ := http.NewRequest("POST", "http://"+addr, io.NopCloser(body))
			r.ContentLength = maxSmall
			code := 0
			if res, err := c.Do(r); err == nil {
				code = res.StatusCode
			}
			codes <- code
		}()
	}
	for range 15 {
		if code := soon(t, "those above five are refused", codes); code != 503 {
			t.Errorf("= %d, want 503", code)
		}
	}
	out.Close()
	for range 5 {
		<-codes
	}
}
