package process

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// ErrAborted is the reason of a launch that was aborted before it was forked.
var ErrAborted = errors.New("aborted before it was started")

// Key names one launch: the third of web.1 is {"web.1", 3}. It is unique for the life of
// a [Table].
type Key struct {
	Name   string
	Launch int
}

// Table has all the processes. Its methods may be called from any goroutine at any time.
type Table struct {
	forker *forker
	reaper *reaper
}

// New makes the table of this process, of which there can be one at a time, for it takes
// the status of every child. On Linux it makes us a child subreaper; descriptors from 3 up
// that we inherited are marked close-on-exec. notify is called with one event after the
// other, from one goroutine, and must not block; it may call the table.
func New(notify func(Event)) (*Table, error) { return newTable(notify, nil) }

// newTable also calls resume, unless it is nil, with the group of each leader that stops.
func newTable(notify func(Event), resume func(group int)) (*Table, error) {
	if err := prepare(); err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	f := newForker(null)
	r := newReaper(f, notify)
	r.resume = resume
	f.landed = func(l landing) { r.inbox.put(func() { r.land(l) }) }
	started := make(chan struct{})
	go f.run(started)
	<-started
	go r.run()
	return &Table{forker: f, reaper: r}, nil
}

// Guard has a guardian started before the first launch, and always another when it ends:
// a child, in a session of its own, that kills what they leave behind when this process ends
// without [Table.Close], at once, in whatever way. That is everybody in their sessions and
// everybody whose SUPERVISE_ID begins with run and a dot, but not whom [Spec.LeaveDaemons]
// spares. [Guarded] tells of it. Call it before the first launch, in a program that calls
// the function [Guard]. As PID 1 it does nothing: with us the kernel ends everybody.
func (t *Table) Guard(run string) {
	if t.reaper.family.self == 1 {
		return
	}
	g, err := newGuardian(run)
	if err != nil {
		t.reaper.inbox.put(func() { t.reaper.notify(Event{Kind: Guarded, Err: err, Time: time.Now()}) })
		return
	}
	t.forker.guardian.Store(g)
	t.forker.jobs.ring()
}

// Launch starts s as k and returns at once: Launched or Failed follow.
func (t *Table) Launch(k Key, s Spec) {
	t.forker.jobs.put(job{key: k, spec: s})
}

// Abort takes a launch back that has not been forked yet: Failed with [ErrAborted]
// follows. Later than that it does nothing.
func (t *Table) Abort(k Key) {
	if j, ok := t.forker.jobs.remove(func(j job) bool { return j.key == k }); ok {
		t.forker.landed(landing{job: j, err: ErrAborted, stdin: -1})
	}
}

// Signal sends sigs in their order and returns before it is done. What comes before
// Launched, or too late for anybody, is dropped. SIGKILL to [All] is repeated, to those
// who were born meanwhile, until the launch is gone.
func (t *Table) Signal(k Key, to Target, sigs ...syscall.Signal) {
	t.reaper.inbox.put(func() { t.reaper.signal(k, to, sigs) })
}

// Close ends the table, and first everybody: launches that wait are aborted, and who is
// still alive is killed, launches and strangers, except what [Spec.LeaveDaemons] spares.
// As PID 1 everybody else in the namespace gets SIGHUP, SIGTERM and SIGCONT, and SIGKILL
// 0.2 s before the deadline. It returns when nobody is left, nor the guardian, or at the
// deadline with who is; then the guardian sweeps, too. Call it once; the table is of no use
// afterwards.
func (t *Table) Close(deadline time.Time) []Member {
	if g := t.forker.guardian.Swap(nil); g != nil {
		defer g.close()
	}
	for {
		j, ok := t.forker.jobs.take()
		if !ok {
			break
		}
		t.forker.landed(landing{job: j, err: ErrAborted, stdin: -1})
	}
	left := make(chan []Member, 1)
	t.reaper.inbox.put(func() { t.reaper.sweep = &sweep{deadline: deadline, left: left} })
	defer close(t.forker.quit)
	return <-left
}
