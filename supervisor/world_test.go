package supervisor

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"syscall"
	"time"
)

// world is a fake OS: processes are goroutines that sleep.
type world struct {
	sup   *Supervisor
	rand  *rand.Rand
	live  map[ID]*fake
	open  map[Launch]bool
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
		case sig == syscall.SIGTERM && w.open[l]:
			w.fault("%s is stopped while requests may come", l)
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

// Probe says ready after a while, or never.
func (w *world) Probe(l Launch, _ ReadyKind) {
	w.locked(func() {
		if d := w.rand.IntN(6000); d < 5000 {
			time.AfterFunc(time.Duration(d)*time.Millisecond, func() { w.sup.Report(Ready{Launch: l}) })
		}
	})
}

// Forget lets a late ready come all the same.
func (w *world) Forget(Launch) {}

// Open records what may be claimed.
func (w *world) Open(l Launch, _ netip.AddrPort) {
	w.locked(func() {
		if w.open[l] {
			w.fault("%s is opened twice", l)
		}
		if w.open == nil {
			w.open = map[Launch]bool{}
		}
		w.open[l] = true
	})
}

// Close drains for a while, sometimes longer than anybody waits.
func (w *world) Close(l Launch, drained func()) {
	w.locked(func() {
		if !w.open[l] {
			w.fault("%s is closed and was not open", l)
		}
		delete(w.open, l)
		time.AfterFunc(time.Duration(w.rand.ExpFloat64()*float64(2*time.Second)), drained)
	})
}
