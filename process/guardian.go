package process

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// guardianName is how a guardian is called, by ps(1) too, with our pid and the run as its
// arguments. It has nothing of ours in it, so `pkill -9 supervise` does not end both.
const guardianName = "(guardian)"

const (
	healthyGuardian = 10 * time.Second      // who lives as long may be replaced at once
	firstVacancy    = 50 * time.Millisecond // before who follows one that did not
	longestVacancy  = time.Minute
)

// guardian is a post: the child that sweeps when we end without a word, and who comes after
// it. All who hold it share a pipe, of which nobody but us has the writing end, and the
// ledger.
type guardian struct {
	run     string
	program string
	ledger  *ledger
	alive   [2]*os.File // the pipe: its end is ours
	vacant  atomic.Bool
}

func newGuardian(run string) (g *guardian, err error) {
	g = &guardian{run: run}
	if g.program, err = ourProgram(); err != nil {
		return nil, err
	}
	if g.ledger, err = newLedger(); err != nil {
		return nil, err
	}
	r, w, err := pipe() // os.Pipe's would not block
	if err != nil {
		g.ledger.file.Close()
		return nil, os.NewSyscallError("pipe", err)
	}
	g.alive = [2]*os.File{os.NewFile(uintptr(r), "alive"), os.NewFile(uintptr(w), "alive")}
	g.vacant.Store(true)
	return g, nil
}

// close lets go of the pipe: who still holds the post sweeps and ends.
func (g *guardian) close() {
	g.alive[0].Close()
	g.alive[1].Close()
	g.ledger.file.Close()
}

// account opens one for a launch, if there is a ledger.
func (g *guardian) account(s Spec) account {
	if g == nil {
		return account{}
	}
	return g.ledger.open(s)
}

// start forks a guardian. It gets a session of its own, no descriptor whose end somebody
// waits for, no folder that could not be unmounted, no ID.
func (g *guardian) start(null *os.File) (pid int, err error) {
	nowhere := null.Fd()
	attr := &syscall.ProcAttr{
		Dir:   "/",
		Env:   guardianEnv,
		Files: []uintptr{nowhere, nowhere, nowhere, g.alive[0].Fd(), g.ledger.file.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	}
	pid, err = syscall.ForkExec(g.program, []string{guardianName, strconv.Itoa(os.Getpid()), g.run}, attr)
	if err != nil {
		return 0, fmt.Errorf("cannot run %s: %w", g.program, err)
	}
	return pid, nil
}

// guardianEnv keeps Go's runtime small, and from opening the files of its cgroup.
var guardianEnv = []string{"GOMAXPROCS=1", "GODEBUG=containermaxprocs=0"}

// guard fills the post, if it is vacant.
func (f *forker) guard() {
	g := f.guardian.Load()
	if g == nil || !g.vacant.Load() {
		return
	}
	l := landing{ticket: f.ticket.Add(1), stdin: -1, time: time.Now()}
	if l.guardian = f.guardian.Load(); l.guardian != nil { // there was no Close meanwhile
		g.vacant.Store(false)
		l.pid, l.err = g.start(f.null)
		f.landed(l)
	}
	f.ticket.Add(1)
}

// post is what the reaper knows of who is guardian.
type post struct {
	of     *guardian
	pid    int // 0: nobody
	since  time.Time
	short  int      // vacancies in a row without a healthy life between them
	before []Member // who held it last
	status Status   // how that one ended
}

// fill learns what became of starting a guardian.
func (r *reaper) fill(l landing) {
	p := &r.post
	p.of, p.pid, p.since = l.guardian, l.pid, l.time
	r.family.guardian = l.pid
	r.notify(Event{Kind: Guarded, PID: l.pid, Left: p.before, Status: p.status, Err: l.err, Time: time.Now()})
	if l.err != nil {
		r.vacate()
	}
}

// bereave learns that the guardian is dead.
func (r *reaper) bereave(s Status) {
	r.post.before, r.post.status = []Member{{PID: r.post.pid, Command: guardianName}}, s
	r.vacate()
}

// vacate has the post filled again, at once unless it does not last.
func (r *reaper) vacate() {
	p := &r.post
	if p.pid > 0 && time.Since(p.since) >= healthyGuardian {
		p.short = 0
	}
	p.pid, r.family.guardian = 0, 0
	g, f := p.of, r.forker
	time.AfterFunc(vacancy(p.short), func() {
		g.vacant.Store(true)
		f.jobs.ring()
	})
	p.short++
}

// vacancy is how long a post stays vacant the nth time in a row, counted from 0.
func vacancy(n int) time.Duration {
	if n == 0 {
		return 0
	}
	return min(firstVacancy<<min(n-1, 30), longestVacancy)
}

// dismiss ends the guardian at a clean end and tells whether it is still there.
func (p *post) dismiss() bool {
	if p.pid > 0 {
		syscall.Kill(p.pid, syscall.SIGKILL) // not even one that is stopped keeps us
	}
	return p.pid > 0
}
