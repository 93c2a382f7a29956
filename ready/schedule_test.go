package ready

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"supervise/ports"
)

// watched is a Prober that reads its socket table from look.
func watched(look func() []ports.Listener) *Prober {
	p := New()
	p.listening = func() ([]ports.Listener, error) { return look(), nil }
	return p
}

// waits is a target that is never ready.
var waits = Target{Kind: Port, Port: 1, Leader: os.Getpid()}

func TestTheFirstLookIsSoonAndLaterOnesLessSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, before := time.Now(), time.Duration(0)
		var gaps []time.Duration
		p := watched(func() []ports.Listener {
			waited := time.Since(began)
			gap := waited - before
			if limit := min(max(soonest, before/8), latest); gap != limit {
				t.Errorf("the look after %v is %v after the one before, want %v", waited, gap, limit)
			}
			gaps, before = append(gaps, gap), waited
			return nil
		})
		p.Probe(Key{"web.1", 1}, waits, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(gaps) < 240 || gaps[0] != 5*time.Millisecond || gaps[len(gaps)-1] != 250*time.Millisecond {
			t.Errorf("%d looks in a minute, after %v at first and then every %v", len(gaps), gaps[0], gaps[len(gaps)-1])
		}
		p.Forget(Key{"web.1", 1})
	})
}

func TestAllThatWaitShareALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		var reads atomic.Int64
		p := watched(func() []ports.Listener { reads.Add(1); return nil })
		for i := range n { // launched in the course of a second
			p.Probe(Key{"web", i}, waits, nil)
			time.Sleep(time.Millisecond)
		}
		if got := reads.Load(); got > 400 {
			t.Errorf("%d readings of the socket table while %d are launched, want at most 400", got, n)
		}
		time.Sleep(10 * time.Second) // until all are looked at every 250ms
		reads.Store(0)
		time.Sleep(10 * time.Second)
		if got := reads.Load(); got < 40 || got > 80 {
			t.Errorf("%d readings for %d launches in 10s, want 40 to 80", got, n)
		}
		for i := range n {
			p.Forget(Key{"web", i})
		}
	})
}

func TestWhoLivesForASecondIsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := New(), time.Now()
		ready, died := Key{"clock.1", 1}, Key{"clock.2", 1}
		results := make(chan string, 9)
		for _, k := range []Key{ready, died} {
			p.Probe(k, Target{Kind: Alive, Leader: os.Getpid()}, func(r Result) {
				results <- fmt.Sprint(k, " ", r.How, " ", r.Addr.IsValid(), " after ", time.Since(began))
			})
		}
		time.Sleep(999 * time.Millisecond)
		if got, want := p.Seen(died), "has not lived for 1s"; got != want {
			t.Errorf("Seen = %q, want %q", got, want)
		}
		p.Forget(died)
		time.Sleep(time.Minute)
		if got, want := <-results, "{clock.1 1} alive for 1s false after 1s"; got != want || len(results) > 0 {
			t.Errorf("%s and %d more, want %s", got, len(results), want)
		}
		if got := p.Seen(ready); got != "" {
			t.Errorf("Seen of who is ready = %q, want nothing", got)
		}
	})
}

func TestWhoIsReadyOrForgottenDoesNotGetReady(t *testing.T) {
	p, ready := New(), 0
	for i := range 2 {
		k := Key{"web.1", i}
		p.Probe(k, waits, func(Result) { ready++ })
		w := p.waiting[k]
		if i == 1 {
			p.Forget(k)
		}
		p.done(w, Result{})
		p.done(w, Result{})
	}
	if ready != 1 {
		t.Errorf("ready was called %d times, want 1", ready)
	}
}

// Slow tables, of machines with many connections, are not read all the time.
func TestLookingTakesAFifthOfTheTimeAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		p := watched(func() []ports.Listener {
			reads.Add(1)
			time.Sleep(100 * time.Millisecond)
			return nil
		})
		p.Probe(Key{"web.1", 1}, waits, nil)
		time.Sleep(10 * time.Second)
		if n := reads.Load(); n < 19 || n > 21 {
			t.Errorf("%d readings of 100ms in 10s, want 20", n)
		}
		p.Forget(Key{"web.1", 1})
		time.Sleep(time.Second)
	})
}
