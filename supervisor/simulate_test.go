package supervisor

import (
	"context"
	"flag"
	"fmt"
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

// world is a fake OS: processes are goroutines that sleep.
type world struct {
	sup   *Supervisor
	rand  *rand.Rand
	live  map[ID]*fake
	stops bool // the shutdown has begun: nothing may be launched
	wrong []string
	lock  chan struct{}
}

type fake struct {
	launch  Launch
	aborted chan struct{}
	term    chan struct{}
	kill    chan struct{}
	forked  bool
}

func (w *world) fault(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// begin records a launch; two at a time of one instance are a fault.
func (w *world) begin(l Launch) *fake {
	if w.live == nil {
		w.live = map[ID]*fake{}
	}
	if old := w.live[l.ID]; old != nil {
		w.fault("%s while %s is alive", l, old.launch)
	}
	if w.stops {
		w.fault("%s after the shutdown began", l)
	}
	f := &fake{l, make(chan struct{}, 99), make(chan struct{}, 99), make(chan struct{}, 99), false}
	w.live[l.ID] = f
	return f
}

func (w *world) locked(do func()) {
	w.lock <- struct{}{}
	do()
	<-w.lock
}

// Launch starts a process that will do something at random.
func (w *world) Launch(l Launch) {
	w.locked(func() {
		f := w.begin(l)
		go w.run(f, rand.New(rand.NewPCG(w.rand.Uint64(), 0)))
	})
}

func (w *world) Abort(l Launch) {
	w.locked(func() {
		if f := w.live[l.ID]; f != nil && f.launch == l {
			f.aborted <- struct{}{}
		}
	})
}

func (w *world) Signal(l Launch, sig syscall.Signal, _ Target) {
	if w.lock == nil {
		w.lock = make(chan struct{}, 1)
	}
	w.locked(func() {
		f := w.live[l.ID]
		switch {
		case f == nil: // it died a moment ago, and the loop has not read so yet
		case f.launch != l:
			w.fault("%s to %s, but %s is alive", sig, l, f.launch)
		case sig == syscall.SIGKILL:
			f.kill <- struct{}{}
		case sig == syscall.SIGTERM:
			f.term <- struct{}{}
		}
	})
}

// run is a process: forked after a while or not at all, then dead by itself, of the
// stop signal or only of SIGKILL, leaving others behind or not.
func (w *world) run(f *fake, r *rand.Rand) {
	select {
	case <-f.aborted:
		w.end(f, LaunchFailed{Launch: f.launch, Err: ErrAborted})
		return
	case <-time.After(time.Duration(r.IntN(20)) * time.Millisecond):
	}
	if r.IntN(10) == 0 {
		w.end(f, LaunchFailed{Launch: f.launch, Err: syscall.EAGAIN, Transient: r.IntN(2) == 0, Code: 126})
		return
	}
	w.sup.Report(Launched{f.launch, 1 + r.IntN(1000)})
	lifetime := time.Duration(r.ExpFloat64() * float64(20*time.Second))
	term := f.term
	if r.IntN(5) == 0 {
		term = nil // ignores it
	}
	select {
	case <-time.After(lifetime):
	case <-term:
		wait(f, time.Duration(r.IntN(3000))*time.Millisecond)
	case <-f.kill:
		w.end(f, Exited{Launch: f.launch, Status: Status{Signal: 9}})
		return
	}
	exited := Exited{Launch: f.launch, Status: Status{Code: r.IntN(3)}}
	if r.IntN(4) > 0 {
		w.end(f, exited)
		return
	}
	exited.Left = []Member{{1, "left"}}
	w.sup.Report(exited)
	wait(f, time.Duration(r.ExpFloat64()*float64(2*time.Second)))
	w.end(f, Gone{f.launch})
}

// wait lasts until d is over or SIGKILL comes.
func wait(f *fake, d time.Duration) {
	select {
	case <-time.After(d):
	case <-f.kill:
	}
}

// end forgets the process before anybody can hear of its end.
func (w *world) end(f *fake, r Report) {
	w.locked(func() {
		if w.live[f.launch.ID] == f {
			delete(w.live, f.launch.ID)
		}
		w.sup.Report(r)
	})
}

func simulate(t *testing.T, r *rand.Rand, w *world) {
	w.rand, w.lock = rand.New(rand.NewPCG(r.Uint64(), 0)), make(chan struct{}, 1)
	formation := randomFormation(r)
	w.sup = New(formation, Options{Launcher: w})
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
	for _, f := range w.live {
		w.fault("%s is still alive", f.launch)
	}
	for _, fault := range w.wrong {
		t.Error(fault)
	}
}

func checkEvents(w *world, watcher *Watcher) {
	var last Event
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
	f := Formation{StopBudget: 9 * time.Second}
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
		return Adopt{randomFormation(r)}
	default:
		return Resume{time.Duration(r.IntN(500)) * time.Millisecond}
	}
}
