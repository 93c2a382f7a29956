package ready

import (
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"supervise/ports"
)

func TestAServerIsReadySoonAfterItListens(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	for _, boot := range []time.Duration{0, time.Millisecond, 7 * time.Millisecond, 100 * time.Millisecond, 1234 * time.Millisecond, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			p := watched(func() (all []ports.Listener) {
				if time.Since(began) >= boot {
					all, _ = ports.Listening()
				}
				return all
			})
			ready := make(chan Result)
			p.Probe(Key{"web.1", 1}, Target{Kind: Port, Port: portOf(server), Leader: os.Getpid()}, func(r Result) { ready <- r })
			<-ready
			if late := time.Since(began) - boot; late > min(max(soonest, boot/8), latest) {
				t.Errorf("a server that needs %v is ready %v late", boot, late)
			}
		})
	}
}

func TestNothingHappensWhileNobodyWaits(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		p := watched(func() []ports.Listener {
			reads.Add(1)
			all, _ := ports.Listening()
			return all
		})
		ready := make(chan Result, 9)
		p.Probe(Key{"web.1", 1}, Target{Kind: Port, Port: portOf(server), Leader: os.Getpid()}, func(r Result) { ready <- r })
		p.Probe(Key{"web.2", 1}, waits, nil)
		<-ready
		p.Forget(Key{"web.2", 1})
		p.Forget(Key{"web.3", 1}) // unknown
		before := reads.Load()
		time.Sleep(time.Hour)
		if reads.Load() != before || p.timer.Stop() || len(p.waiting) > 0 || len(ready) > 0 {
			t.Errorf("%d readings in an hour in which nobody waits, %d wait, %d more results", reads.Load()-before, len(p.waiting), len(ready))
		}
		p.Probe(Key{"web.2", 2}, waits, nil) // the negative control
		time.Sleep(time.Second)
		if reads.Load() == before {
			t.Error("no readings when somebody waits again")
		}
		p.Forget(Key{"web.2", 2})
	})
}
