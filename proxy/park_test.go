package proxy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func farAway() time.Time { return time.Now().Add(time.Hour) }

func TestRequestsWaitForAnInstance(t *testing.T) {
	f, addr := newFront(t, Options{})
	var all sync.WaitGroup
	for i := range 20 {
		method := [...]string{"GET", "POST"}[i%2]
		all.Go(func() {
			if code, body := ask(t, method, "http://"+addr, "hello"); code != 200 || body != "hello" {
				t.Errorf("%s = %d %q", method, code, body)
			}
		})
	}
	eventually(t, "20 requests are parked", func() bool { return f.Snapshot().Parked == 20 })
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }).addr)
	all.Wait()
	s := f.Snapshot()
	if s.Queued != 20 || s.QueueTime <= 0 || s.Parked != 0 || s.Requests != 20 || s.Answers[200] != 20 {
		t.Errorf("snapshot %+v", s)
	}
	if one := s.ByName["web.1"]; one.Queued != 20 || one.QueueTime != s.QueueTime {
		t.Errorf("web.1 has %+v, want all the waits of %+v", one, s)
	}
}

func TestWhoWaitsTooLongIsToldToComeBack(t *testing.T) {
	_, addr := newFront(t, Options{ParkFor: 20 * time.Millisecond})
	res, err := client(t).Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != 503 || res.Header.Get("Retry-After") != "1" || string(text) != "Service Unavailable: nobody is ready to answer\n" {
		t.Errorf("= %d %v %q", res.StatusCode, res.Header, text)
	}
}

func TestOnlySoManyWait(t *testing.T) {
	f, addr := newFront(t, Options{MaxParked: 1})
	first := make(chan int)
	go func() {
		code, _, _ := try(client(t), "GET", "http://"+addr, nil)
		first <- code
	}()
	eventually(t, "one request is parked", func() bool { return f.Snapshot().Parked == 1 })
	if code, _ := ask(t, "GET", "http://"+addr, ""); code != 503 {
		t.Errorf("the second = %d, want 503 at once", code)
	}
	f.Open(Backend{"web.1", 1}, newApp(t, 0, func(http.ResponseWriter, *http.Request) {}).addr)
	if code := <-first; code != 200 {
		t.Errorf("the first = %d, want 200", code)
	}
}

func TestWhoLeavesWhileParkedIsForgotten(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		f, addr := newFront(t, Options{})
		c, _ := dialRaw(t, addr)
		fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", method)
		eventually(t, "it is parked", func() bool { return f.Snapshot().Parked == 1 })
		c.Close()
		eventually(t, "it is not parked any more", func() bool { return f.Snapshot().Parked == 0 })
		f.Open(Backend{"web.1", 1}, newApp(t, 0, func(http.ResponseWriter, *http.Request) {}).addr)
		ask(t, "GET", "http://"+addr, "")
		if s := f.Snapshot(); s.Requests != 1 || s.Answers[statusClientGone] != 1 {
			t.Errorf("%s: %d requests reached the application, want 1 (%v)", method, s.Requests, s.Answers)
		}
	}
}

func TestARequestWaitsWhileItsOnlyInstanceRefuses(t *testing.T) {
	f, addr := newFront(t, Options{})
	l := listen(t)
	l.Close()
	f.Open(Backend{"web.1", 1}, addrOf(l)) // it has crashed, and nobody has said so yet
	answered := make(chan int)
	go func() {
		code, _, _ := try(client(t), "POST", "http://"+addr, strings.NewReader("x"))
		answered <- code
	}()
	eventually(t, "it is parked", func() bool { return f.Snapshot().Parked == 1 })
	f.Close(Backend{"web.1", 1}, nil)
	f.Open(Backend{"web.1", 2}, newApp(t, 0, func(http.ResponseWriter, *http.Request) {}).addr)
	if code := soon(t, "it is answered", answered); code != 200 {
		t.Errorf("= %d, want 200", code)
	}
}

func TestAnInstanceThatRefusedGetsRequestsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tab := newTable(Options{}.withDefaults())
		tab.open(Backend{"web.1", 1}, netip.AddrPort{})
		b, _ := tab.claim(t.Context(), farAway())
		tab.release(b)
		tab.refused(b)
		began := time.Now()
		again, err := tab.claim(t.Context(), farAway())
		if again != b || err != nil || time.Since(began) != eclipse {
			t.Errorf("claim = %v, %v after %v, want the same after %v", again, err, time.Since(began), eclipse)
		}
	})
}

func TestNothingCanBeClaimedAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tab := newTable(Options{}.withDefaults())
		name := Backend{"web.1", 1}
		tab.open(name, netip.AddrPort{})
		b, _ := tab.claim(t.Context(), farAway())
		drained := false
		tab.close(name, func() { drained = true })
		if got, err := tab.claim(t.Context(), time.Now().Add(time.Second)); got != nil || err != errNobody {
			t.Errorf("claim after close = %v, %v", got, err)
		}
		synctest.Wait()
		if drained {
			t.Error("drained before its request was over")
		}
		tab.release(b)
		synctest.Wait()
		if !drained {
			t.Error("not drained after its request was over")
		}
	})
}

func TestClosingWhatIsNotOpenDrainsAtOnce(t *testing.T) {
	f := New(Options{})
	drained := make(chan struct{})
	f.Close(Backend{"web.1", 1}, func() { close(drained) })
	soon(t, "drained is called", drained)
	f.Close(Backend{"web.1", 1}, nil)
}

func TestRequestsInFlightAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tab := newTable(Options{MaxConns: 2}.withDefaults())
		tab.open(Backend{"web.1", 1}, netip.AddrPort{})
		b, _ := tab.claim(t.Context(), farAway())
		tab.claim(t.Context(), farAway())
		third := make(chan *backend, 1)
		go func() {
			b, _ := tab.claim(context.Background(), farAway())
			third <- b
		}()
		synctest.Wait()
		if len(third) != 0 {
			t.Error("a third was let in beside two")
		}
		tab.release(b)
		synctest.Wait()
		if len(third) != 1 {
			t.Error("the third was not let in when one had ended")
		}
	})
}
