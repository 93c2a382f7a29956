package ready

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"

	"supervise/ports"
)

func TestALaunchIsAskedUntilItIsWell(t *testing.T) {
	for _, network := range []string{"tcp4 127.0.0.1:0", "tcp6 [::1]:0", "tcp6 [::]:0", "tcp :0"} {
		var name, addr string
		fmt.Sscan(network, &name, &addr)
		listener := listen(t, name, addr)
		var asked atomic.Int64
		server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) < 3 {
				w.WriteHeader(503)
			}
		})}}
		server.Start()
		got := probed(t, Target{Kind: HTTP, Port: portOf(listener), Path: "/", Leader: os.Getpid()})
		at := netip.MustParseAddrPort(listener.Addr().String())
		if want := (Result{reach(at), "GET / gave 200"}); got != want || asked.Load() != 3 {
			t.Errorf("%s: %+v after %d requests, want %+v after 3", network, got, asked.Load(), want)
		}
		server.Close()
	}
}

func TestAStrangerIsNotEvenAsked(t *testing.T) {
	var asked atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer stranger.Close()
	p, looks := New(), make(chan bool)
	p.listening = func() ([]ports.Listener, error) {
		looks <- true
		return ports.Listening()
	}
	target := Target{Kind: HTTP, Port: portOf(stranger.Listener), Path: "/", Leader: 1 << 30}
	p.Probe(Key{"web.1", 1}, target, func(r Result) { t.Errorf("ready: %+v", r) })
	for range 3 {
		<-looks
	}
	p.Forget(Key{"web.1", 1})
	go func() { // one that is under way
		for range looks {
		}
	}()
	if n := asked.Load(); n != 0 {
		t.Errorf("the stranger has been asked %d times", n)
	}
}
