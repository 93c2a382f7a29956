package supervisor

import (
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var schedules = flag.Int("schedules", 1000, "random schedules to simulate")

// TestRandomSchedulesKeepTheInvariants runs the real loop in simulated time against
// processes that live, crash, hang and linger at random while commands come at random.
func TestRandomSchedulesKeepTheInvariants(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for n := range *schedules {
		synctest.Test(t, func(t *testing.T) {
			simulate(t, rand.New(rand.NewPCG(seed, uint64(n))), &world{})
		})
		if t.Failed() {
			t.Fatalf("schedule %d of seed %d", n, seed)
		}
	}
}

// TestTheInvariantsCanFail is the control: a world that starts a second process for
// an instance, or signals the dead, is found out.
func TestTheInvariantsCanFail(t *testing.T) {
	w := &world{}
	w.begin(Launch{ID{"web", 1}, 1})
	w.begin(Launch{ID{"web", 1}, 2})
	w.Signal(Launch{ID{"web", 1}, 1}, syscall.SIGTERM, ToAll)
	if len(w.wrong) != 2 {
		t.Errorf("found %q, want 2 faults", w.wrong)
	}
}

func simulate(t *testing.T, r *rand.Rand, w *world) {
	w.rand, w.lock = rand.New(rand.NewPCG(r.Uint64(), 0)), make(chan struct{}, 1)
	formation := randomFormation(r)
	w.sup = New(formation, Options{Launcher: w, Gate: w, Prober: w})
	_, watcher := w.sup.Watch(0)
	ran := make(chan int)
	go func() { ran <- w.sup.Run(t.Context()) }()

	ids := instances(formation)
	var shifted time.Duration
	for range r.IntN(30) {
		time.Sleep(time.Duration(r.IntN(4000)) * time.Millisecond)
		c := randomCommand(r, ids)
		if resume, ok := c.(Resume); ok {
			shifted += resume.After
		}
		w.sup.Do(t.Context(), c)
	}
	w.sup.Do(t.Context(), Shutdown{Cause: "the end", Now: r.IntN(4) == 0})
	begun := time.Now()
	<-ran
	ended := time.Now()
	time.Sleep(time.Hour) // whatever may still happen does
	if took := ended.Sub(begun); took > formation.StopBudget+shifted {
		w.fault("the shutdown took %s", took)
	}
	synctest.Wait()
	checkEvents(w, watcher)
	for l := range w.open {
		w.fault("%s is still open", l)
	}
	for _, f := range w.live {
		w.fault("%s is still alive", f.launch)
	}
	for _, fault := range w.wrong {
		t.Error(fault)
	}
}

func checkEvents(w *world, watcher *Watcher) {
	last := &Event{}
	for {
		e, lost, err := watcher.Next(context.Background())
		if err == io.EOF {
			break
		}
		if lost > 0 || e.Seq != last.Seq+1 {
			w.fault("event %d follows %d, %d lost", e.Seq, last.Seq, lost)
		}
		if e.Kind == KindBug {
			w.fault("%s: %v", e.ID, e.Err)
		}
		last = e
	}
	if last.Kind != KindRunEnded {
		w.fault("the last event is %s", last.Kind)
	}
}

func randomFormation(r *rand.Rand) Formation {
	f := Formation{StopBudget: 9 * time.Second, LameDuck: time.Duration(r.IntN(3)) * time.Second}
	for i := range 1 + r.IntN(3) {
		typ := ProcessType{
			Name: string(rune('a' + i)), Count: 1 + r.IntN(3), StopSignal: syscall.SIGTERM,
			Grace: time.Duration(1+r.IntN(15)) * time.Second, StableAfter: 10 * time.Second,
			BackoffCap: time.Minute, Restart: RestartPolicy(r.IntN(3)), StopMode: StopMode(r.IntN(3)),
		}
		if r.IntN(3) == 0 {
			typ.GiveUp = 1 + r.IntN(5)
		}
		typ.ExitWith = r.IntN(10) == 0
		typ.Ready, typ.ReadyTimeout = ReadyKind(r.IntN(6)), 5*time.Second
		if typ.Ready == ReadyPort {
			typ.Gated, typ.DrainTimeout, typ.Surge = true, 3*time.Second, r.IntN(2) == 0
		}
		if i > 0 && r.IntN(4) == 0 {
			typ.After = []string{"a"}
		}
		f.Types = append(f.Types, typ)
	}
	return f
}

func instances(f Formation) (ids []ID) {
	for _, typ := range f.Types {
		for n := range typ.Count {
			ids = append(ids, ID{typ.Name, n + 1})
		}
	}
	return ids
}

func randomCommand(r *rand.Rand, ids []ID) Command {
	id := ids[r.IntN(len(ids))]
	one := []ID{id}
	if r.IntN(4) == 0 {
		one[0].N = 0
	}
	switch r.IntN(8) {
	case 0:
		return Start{one}
	case 1:
		return Stop{one}
	case 2:
		return Restart{IDs: one}
	case 3:
		return Restart{AllAtOnce: r.IntN(2) == 0}
	case 4:
		return Scale{Type: id.Type, N: r.IntN(5)}
	case 5:
		return Scale{Type: id.Type, N: r.IntN(5) - 2, Relative: true}
	case 6:
		return Adopt{Formation: randomFormation(r)}
	default:
		return Resume{time.Duration(r.IntN(500)) * time.Millisecond}
	}
}
