package process

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// forker is the goroutine and the OS thread on which every fork happens.
type forker struct {
	jobs   *queue[job]
	landed func(landing) // called with each job's outcome, before ticket is even again
	ticket atomic.Int64  // odd while a fork is in flight, as a seqlock has it
	flying sync.Mutex    // held during a fork, and while there shall be none
	null   *os.File
	quit   chan struct{}

	threads sync.Once // that the runtime is going to need; see keepThreads

	guardian atomic.Pointer[guardian] // nil: nobody asked for one
}

type job struct {
	key  Key
	spec Spec
}

// landing is what became of a job.
type landing struct {
	job
	guardian *guardian // not nil: it is one's, and no job's
	account  account
	ticket   int64 // 0 when nothing was forked
	pid      int
	stdin    int // the end of the silent pipe that we keep, or -1
	err      error
	time     time.Time // before the fork, so that no exit is earlier
}

func newForker(null *os.File) *forker {
	return &forker{jobs: newQueue[job](), null: null, quit: make(chan struct{})}
}

// run forks until quit. It never returns its thread to the runtime: children die with it.
func (f *forker) run(started chan<- struct{}) {
	runtime.LockOSThread()
	if onMainThread() {
		// Orphans are adopted by the main thread: that list is theirs alone.
		moved := make(chan struct{})
		go f.run(moved)
		<-moved
		runtime.UnlockOSThread()
		close(started)
		return
	}
	allowAllSignals()
	close(started)
	defer f.null.Close()
	for {
		select {
		case <-f.jobs.ready:
		case <-f.quit:
			return
		}
		for more := true; more; {
			f.flying.Lock()
			f.guard()
			more = f.serve()
			f.flying.Unlock()
		}
	}
}

// serve does the first job and tells whether there was one. The ticket comes before the job:
// whoever has emptied the line, and then finds the ticket even, knows that no fork is to come.
func (f *forker) serve() (more bool) {
	if f.jobs.empty() {
		return false
	}
	ticket := f.ticket.Add(1)
	j, more := f.jobs.take()
	if more {
		l := f.fly(ticket, j)
		// The first child need not wait for the threads. Whoever hears of it can count on them: a
		// limit of processes that is met from now on does not end us.
		f.threads.Do(func() { keepThreads(threadsToKeep()) })
		f.landed(l)
	}
	f.ticket.Add(1)
	return more
}

func (f *forker) fly(ticket int64, j job) landing {
	l := landing{job: j, ticket: ticket, stdin: -1, time: time.Now()}
	if l.err = l.spec.prepare(); l.err != nil {
		return l
	}
	l.account = f.guardian.Load().account(l.spec)
	var in int
	if in, l.stdin, l.err = f.openStdin(l.spec.Stdin); l.err != nil {
		return l
	}
	if l.pid, l.err = f.fork(l.spec, in); l.err == nil {
		l.account.launched(l.pid)
	}
	if l.spec.Stdin == nil {
		syscall.Close(in)
	}
	if l.err != nil && l.stdin >= 0 {
		syscall.Close(l.stdin)
		l.stdin = -1
	}
	return l
}

// openStdin gives a child the reading end of a pipe of which we keep the writing end.
func (f *forker) openStdin(given *os.File) (in, kept int, err error) {
	if given != nil {
		return int(given.Fd()), -1, nil
	}
	if in, kept, err = pipe(); err != nil {
		return -1, -1, os.NewSyscallError("pipe", err)
	}
	return in, kept, nil
}

func (f *forker) fork(s Spec, in int) (int, error) {
	if len(s.Argv) == 0 {
		return 0, errors.New("cannot run an empty command")
	}
	path, err := LookPath(s.Argv[0], s.Env, s.Dir)
	if err != nil {
		return 0, err
	}
	attr := &syscall.ProcAttr{Dir: s.Dir, Env: s.Env, Files: []uintptr{uintptr(in), f.output(s.Stdout), f.output(s.Stderr)}, Sys: s.sys}
	if attr.Sys == nil {
		attr.Sys = ownSession()
	}
	pid, err := syscall.ForkExec(path, s.Argv, attr)
	if err == syscall.ENOEXEC && isText(from(s.Dir, path)) {
		// A script without #!: execvp(3) gives it to a shell, and so do shells.
		pid, err = syscall.ForkExec(shell, append([]string{shell, path}, s.Argv[1:]...), attr)
	}
	if err != nil {
		return 0, explain(err, path, s)
	}
	return pid, nil
}

func (f *forker) output(file *os.File) uintptr {
	if file == nil {
		file = f.null
	}
	return file.Fd() // which also makes it blocking, as programs expect it
}
