package output

import (
	"fmt"
	"os"
	"time"
)

// LastWords is how long an exit notice waits for what the dead leader has written.
const LastWords = 200 * time.Millisecond

// Leftover is how long the streams of a launch stay open when nobody of it is alive: a
// process that we do not know may hold them.
const Leftover = time.Second

// Launch is the output of one launch of an instance. Its methods are called in the order
// Child, Forked and Listen or Failed, Exited, Gone, and none of them blocks.
type Launch struct {
	mux     *Mux
	lane    *lane
	source  Source
	number  int
	child   []*os.File
	maps    func() bool // newlines mean a carriage return too, as things are; nil: never
	readers []*reader
	after   <-chan struct{} // closed when the earlier launch has settled
	before  <-chan struct{} // closed when the notices before our own are said; set by Exited
	heard   <-chan struct{} // likewise those before our first line; set by Listen
	settled chan struct{}   // closed when last words and notices are said, or given up
	given   chan struct{}   // closed when the output is given up

	pid int // set under mux.mu before the readers run

	// Guarded by mux.mu.
	exited  bool
	notices []Batch // what follows the last words
	silent  bool    // notices were taken, or given up: no more can be added
}

// Open makes the pipes of an instance's nth launch. Its lines wait until those of the
// launch before it, and that launch's exit notice, are written. What a launch older still
// has not brought in by now, because the sinks are blocked, is given up.
func (m *Mux) Open(src Source, launch int) (*Launch, error) {
	l := m.newLaunch(src, launch)
	if err := l.pipes(); err != nil {
		l.closeFiles()
		return nil, fmt.Errorf("cannot make the output pipes of %s: %w", src.Instance, err)
	}
	return l.begin()
}

// OpenTerminal does what [Mux.Open] does for a launch that has a pseudo-terminal, whose ends,
// ours in the runtime's poller, become the launch's. It has one stream, TTY, which ends with
// EIO. Maps, which must not block, says whether newlines that have been read mean a carriage
// return too, which a [Screen] is then shown before each that has none; nil: they never do.
func (m *Mux) OpenTerminal(src Source, launch int, ours, child *os.File, maps func() bool) (*Launch, error) {
	l := m.newLaunch(src, launch)
	l.maps = maps
	l.child = []*os.File{child}
	if err := l.read(TTY, ours); err != nil {
		l.closeFiles()
		return nil, fmt.Errorf("cannot read the terminal of %s: %w", src.Instance, err)
	}
	return l.begin()
}

// Child returns the child's standard output and standard error. They are blocking and
// close-on-exec, and remain the launch's: Forked and Failed close them.
func (l *Launch) Child() (stdout, stderr *os.File) { return l.child[0], l.child[len(l.child)-1] }

// Forked says that the child has its ends.
func (l *Launch) Forked(pid int) {
	l.mux.mu.Lock()
	l.pid = pid
	l.mux.mu.Unlock()
	l.closeChild()
}

// Listen begins to read. The lines follow the notices that came before, so that what is
// said about the launch's start can be said first.
func (l *Launch) Listen() {
	l.mux.mu.Lock()
	l.heard = l.mux.narrated()
	l.mux.mu.Unlock()
	for _, r := range l.readers {
		go r.run()
	}
}

// Failed says that there was no fork. The launch is over.
func (l *Launch) Failed() {
	l.closeChild()
	for _, r := range l.readers {
		r.stop()
	}
	l.Exited()
}

// Exited says that the leader is dead. The notices follow its last words: what is read
// until the end of its streams or within [LastWords], and all that is in the pipes then.
// The lines of the next launch follow the notices, and so does every later notice, about
// whomever: a cause is told before what follows from it.
func (l *Launch) Exited(notices ...Notice) {
	l.mux.mu.Lock()
	defer l.mux.mu.Unlock()
	if l.exited {
		return
	}
	l.exited = true
	for _, n := range notices {
		l.notices = append(l.notices, n.batch(l.source, l))
	}
	l.before = closed
	if len(notices) > 0 {
		l.before, l.mux.lastExit = l.mux.narrated(), l
	}
	if l.silent {
		l.loseNotices()
		return
	}
	go l.farewell()
}

// Gone says that nobody of the launch is alive. A stream that has not ended after
// [Leftover] is read for what is in it then, and closed.
func (l *Launch) Gone() {
	l.Exited()
	for _, r := range l.readers {
		if !isClosed(r.stopped) {
			time.AfterFunc(Leftover, func() { r.ask(askEnd) })
		}
	}
}

// farewell waits for the last words and says the notices.
func (l *Launch) farewell() {
	defer close(l.settled)
	if !wait(l.after, l.given) || !l.hearOut() || !wait(l.before, l.given) || !l.mux.turn.take(l.given) {
		return
	}
	defer l.mux.turn.pass()
	l.mux.confess(l.lane)
	for _, n := range l.takeNotices() {
		l.mux.pay(&n)
	}
}

// hearOut waits for the last words. The time limit is for a stream that somebody holds
// open: a reader that the sinks keep waiting is waited for.
func (l *Launch) hearOut() bool {
	limit := time.AfterFunc(LastWords, func() {
		for _, r := range l.readers {
			r.ask(askLastWords)
		}
	})
	defer limit.Stop()
	for _, r := range l.readers {
		if !wait(r.said, l.given) {
			return false
		}
	}
	return true
}

func (l *Launch) takeNotices() []Batch {
	l.mux.mu.Lock()
	defer l.mux.mu.Unlock()
	for _, n := range l.notices {
		l.mux.owed.Add(int64(len(n.Data)))
	}
	l.silent = true
	return l.notices
}

// finish ends the streams when what is in them is read, and waits for the last notice.
func (l *Launch) finish(given <-chan struct{}) {
	for _, r := range l.readers {
		r.ask(askEnd)
	}
	for _, r := range l.readers {
		wait(r.stopped, given)
	}
	l.mux.mu.Lock()
	exited := l.exited
	l.mux.mu.Unlock()
	if exited {
		wait(l.settled, given)
	}
}

// giveUp ends the launch's output here, and counts what is lost by that.
func (l *Launch) giveUp() {
	for _, r := range l.readers {
		l.mux.lose(l.lane, r.giveUp())
	}
	l.mux.row.wake(LastRowAfter)
	l.mux.mu.Lock()
	defer l.mux.mu.Unlock()
	if isClosed(l.given) {
		return
	}
	if !l.silent {
		l.silent = true
		l.loseNotices()
	}
	close(l.given)
	if !l.exited {
		close(l.settled)
	}
}

func (l *Launch) loseNotices() {
	for _, n := range l.notices {
		l.mux.lose(l.lane, len(n.Data))
	}
	l.notices = nil
}

func (m *Mux) newLaunch(src Source, launch int) *Launch {
	return &Launch{
		mux: m, source: src, number: launch,
		settled: make(chan struct{}), given: make(chan struct{}),
	}
}

// begin puts l into its lane.
func (l *Launch) begin() (*Launch, error) {
	displaced, err := l.mux.enter(l)
	if err != nil {
		l.closeFiles()
		return nil, err
	}
	if displaced != nil {
		displaced.giveUp()
	}
	return l, nil
}

func (l *Launch) pipes() error {
	for _, kind := range []Stream{Stdout, Stderr} {
		ours, child, err := pipe()
		if err != nil {
			return err
		}
		l.child = append(l.child, child)
		if err := l.read(kind, ours); err != nil {
			return err
		}
	}
	return nil
}

// read adds a reader of a stream.
func (l *Launch) read(kind Stream, ours *os.File) error {
	r, err := newReader(l, kind, ours)
	if err != nil {
		ours.Close()
		return err
	}
	l.readers = append(l.readers, r)
	return nil
}

func (l *Launch) closeChild() {
	for _, f := range l.child {
		f.Close()
	}
	l.child = nil
}

func (l *Launch) closeFiles() {
	l.closeChild()
	for _, r := range l.readers {
		r.file.Close()
	}
}
