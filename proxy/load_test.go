package proxy

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ledger is what the applications have seen.
type ledger struct {
	mu    sync.Mutex
	posts map[string]int
}

func (l *ledger) handler(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("id")
	if r.Method == http.MethodPost {
		io.Copy(io.Discard, r.Body)
		l.mu.Lock()
		l.posts[id]++
		l.mu.Unlock()
	}
	if r.URL.Path == "/slow" {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-r.Context().Done():
		}
	}
	fmt.Fprintf(w, "done %s", id)
}

// load is a fixed rate of requests, whatever becomes of them, so that a stall shows.
type load struct {
	url    string
	failed map[string]string // by id
	posts  []string
	mu     sync.Mutex
}

func (l *load) run(client *http.Client, d time.Duration) {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for n, end := 0, time.Now().Add(d); time.Now().Before(end); n++ {
		all.Go(func() { l.one(client, n) })
		<-tick.C
	}
}

func (l *load) one(client *http.Client, n int) {
	method, path, body := "GET", "/fast", ""
	if n%2 == 0 {
		method, body = "POST", strings.Repeat("x", n%3*20000)
	}
	if n%7 == 0 {
		path = "/slow"
	}
	id := fmt.Sprintf("%s-%d", method, n)
	code, text, err := try(client, method, l.url+path+"?id="+id, strings.NewReader(body))
	l.mu.Lock()
	defer l.mu.Unlock()
	if method == "POST" {
		l.posts = append(l.posts, id)
	}
	if err != nil || code != 200 || text != "done "+id {
		l.failed[id] = fmt.Sprintf("%d %q %v", code, text, err)
	}
}

// fleet replaces applications behind a front door.
type fleet struct {
	t      *testing.T
	front  *Front
	ledger *ledger
	apps   [3]*app
	names  [3]Backend
}

// The idle timeouts that applications are known for, and worse.
var idles = []time.Duration{time.Millisecond, 2 * time.Millisecond, 10 * time.Millisecond, time.Second, 5 * time.Second}

func (f *fleet) launch(i int) {
	f.apps[i] = newApp(f.t, idles[rand.IntN(len(idles))], f.ledger.handler)
	f.names[i] = Backend{fmt.Sprint("web.", i+1), f.names[i].Launch + 1}
	f.front.Open(f.names[i], f.apps[i].addr)
}

// roll is what the supervisor does: unrouted, finished, stopped, launched again.
func roll(f *fleet, i int) {
	drained := make(chan struct{})
	f.front.Close(f.names[i], func() { close(drained) })
	soon(f.t, "a closed backend is drained", drained)
	f.apps[i].server.Close()
	f.launch(i)
}

// kill is what a SIGKILL looks like: the supervisor hears of it when it has happened.
func kill(f *fleet, i int) {
	f.apps[i].server.Close()
	f.front.Close(f.names[i], nil)
	f.launch(i)
}

// churn runs a load while one instance after the other is replaced.
func churn(t *testing.T, d, pause time.Duration, replace func(*fleet, int)) (*load, *ledger, int) {
	front, addr := newFront(t, Options{})
	f := &fleet{t: t, front: front, ledger: &ledger{posts: make(map[string]int)}}
	for i := range f.apps {
		f.launch(i)
	}
	l := &load{url: "http://" + addr, failed: make(map[string]string)}
	var over atomic.Bool
	rolls := make(chan int)
	go func() {
		n := 0
		for ; !over.Load(); n++ {
			replace(f, rand.IntN(len(f.apps)))
			<-time.After(pause)
		}
		rolls <- n
	}()
	l.run(client(t), d)
	over.Store(true)
	return l, f.ledger, <-rolls
}

func TestRollsLoseNoRequestAndRepeatNoPost(t *testing.T) {
	l, seen, n := churn(t, 2*time.Second, 5*time.Millisecond, roll)
	t.Logf("%d posts, %d rolls", len(l.posts), n)
	for id, why := range l.failed {
		t.Errorf("%s failed: %s", id, why)
	}
	for _, id := range l.posts {
		if got := seen.posts[id]; got != 1 {
			t.Errorf("%s was seen %d times, want once", id, got)
		}
	}
	if n < 20 || len(l.posts) < 50 {
		t.Errorf("%d rolls under %d posts are no test", n, len(l.posts))
	}
}

func TestKilledInstancesLoseOnlyPostsInFlight(t *testing.T) {
	// A GET is sent three times: so few kills that no GET meets three.
	l, seen, n := churn(t, 2*time.Second, 250*time.Millisecond, kill)
	t.Logf("%d posts, %d kills, %d failed", len(l.posts), n, len(l.failed))
	for id, why := range l.failed {
		if !strings.HasPrefix(id, "POST-") || !strings.HasPrefix(why, "502 ") {
			t.Errorf("%s failed: %s", id, why)
		}
	}
	for _, id := range l.posts {
		if _, failed := l.failed[id]; seen.posts[id] > 1 || seen.posts[id] == 0 && !failed {
			t.Errorf("%s was seen %d times (failed: %v)", id, seen.posts[id], failed)
		}
	}
}

// TestStoppingWithoutDrainingLosesRequests is the control of the first test above.
func TestStoppingWithoutDrainingLosesRequests(t *testing.T) {
	for range 5 {
		l, _, _ := churn(t, time.Second/2, time.Millisecond, func(f *fleet, i int) {
			f.front.Close(f.names[i], nil)
			f.apps[i].server.Close()
			f.launch(i)
		})
		if len(l.failed) > 0 {
			return
		}
	}
	t.Error("nothing was lost: the load does not test draining")
}
