package cli

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"supervise/output"
	"supervise/process"
	"supervise/ready"
	"supervise/signals"
	"supervise/supervisor"
)

// launcher stands between supervisor, process and output, which do not know each other.
// It implements supervisor.Launcher.
type launcher struct {
	app       atomic.Pointer[app] // replaced by a reload
	run       string              // unique to this run, for SUPERVISE_ID
	socket    string              // where supervise can be asked; "": nowhere
	terminals *terminals          // nil: instances have pipes
	table     *process.Table
	mux       *output.Mux
	report    func(supervisor.Report)

	alone     map[supervisor.Launch]supervisor.Exited // exits whose Gone is to come; used by notify alone
	unguarded refusals                                // likewise

	mu    sync.Mutex
	here  map[supervisor.Launch]*present // until the launch is gone and told
	seats map[supervisor.ID]*seat        // who is attached
}

// present is what a launch has here besides its processes.
type present struct {
	out      *output.Launch
	terminal *os.File      // our end of its terminal, which is out's; nil: it has pipes
	notify   *ready.Socket // where it says that it is ready; nil: nowhere
	id       string        // its SUPERVISE_ID
	shell    bool          // its leader is a shell that we put before the command
	pid      int           // of its leader; 0: not forked yet
}

// newLauncher makes the table of processes. The caller sets report before it launches.
func newLauncher(a *app, mux *output.Mux) (*launcher, error) {
	l := &launcher{
		run:   runID(),
		mux:   mux,
		alone: map[supervisor.Launch]supervisor.Exited{},
		here:  map[supervisor.Launch]*present{},
		seats: map[supervisor.ID]*seat{},
	}
	l.app.Store(a)
	var err error
	if l.table, err = process.New(l.notify); err != nil {
		return nil, err
	}
	l.table.Guard(l.run)
	return l, nil
}

func runID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// Launch queues the launch with the forker.
func (l *launcher) Launch(launch supervisor.Launch) {
	a := l.app.Load()
	i := a.instance(launch.ID)
	l.table.Launch(keyOf(launch), process.Spec{Prepare: func(s *process.Spec) error {
		return l.prepare(launch, a, i, s)
	}})
}

// prepare opens what a launch needs, has it here, and fills in s.
func (l *launcher) prepare(launch supervisor.Launch, a *app, i instance, s *process.Spec) (err error) {
	p := &present{id: fmt.Sprintf("%s.%s.%d", l.run, launch.ID, launch.N), shell: i.command.Shell}
	if a.settings.readyOf(launch.ID.Type).kind == supervisor.ReadyNotify {
		if p.notify, err = ready.Listen(""); err != nil {
			return err
		}
	}
	if err = l.open(launch, p); err != nil {
		p.close()
		return err
	}
	l.mu.Lock()
	l.here[launch] = p
	l.fit(launch.ID, p) // when a change of ours can reach it
	l.mu.Unlock()
	*s = l.spec(a, i, p)
	return nil
}

// open makes the pipes of a launch, or its terminal.
func (l *launcher) open(launch supervisor.Launch, p *present) (err error) {
	source := output.Source{Type: launch.ID.Type, Instance: launch.ID.String()}
	if l.terminals == nil {
		p.out, err = l.mux.Open(source, launch.N)
		return err
	}
	ours, child, err := process.OpenTerminal()
	if err != nil {
		return fmt.Errorf("%w (--pty never does without)", err)
	}
	p.terminal = ours
	p.out, err = l.mux.OpenTerminal(source, launch.N, ours, child, func() bool { return process.MapsNewlines(ours) })
	return err
}

// close ends what a launch no longer needs when it is gone. Its output ends by itself.
func (p present) close() {
	if p.notify != nil {
		p.notify.Close()
	}
}

func (l *launcher) spec(a *app, i instance, p *present) process.Spec {
	s, name := a.settings, i.id.Type
	own := []string{variablePrefix + "ID=" + p.id}
	if l.socket != "" {
		own = append(own, variablePrefix+"SOCKET="+l.socket)
	}
	if p.notify != nil {
		own = append(own, "NOTIFY_SOCKET="+p.notify.Name())
	}
	stdout, stderr := p.out.Child()
	spec := process.Spec{
		Argv:         i.command.Argv,
		Env:          a.environment(i, own...),
		Dir:          a.root,
		Stdout:       stdout,
		Stderr:       stderr,
		ID:           p.id,
		RestSignal:   s.stopSignal.of(name, syscall.SIGTERM),
		LeaveDaemons: s.daemons.of(name, false),
	}
	if p.terminal != nil {
		spec.Stdin = stdout
	}
	if s.stopMode.of(name, supervisor.StopMixed) == supervisor.StopLeader {
		spec.RestSignal = 0
	}
	return spec
}

// Abort takes back what has not been forked.
func (l *launcher) Abort(launch supervisor.Launch) { l.table.Abort(keyOf(launch)) }

// Signal follows a stop signal with SIGCONT: a stopped process cannot act on it.
func (l *launcher) Signal(launch supervisor.Launch, sig syscall.Signal, to supervisor.Target) {
	sigs := []syscall.Signal{sig}
	if sig == l.app.Load().settings.stopSignal.of(launch.ID.Type, syscall.SIGTERM) {
		sigs = append(sigs, syscall.SIGCONT)
	}
	l.table.Signal(keyOf(launch), l.target(launch, to), sigs...)
}

// target says who is meant: a shell that we put before a command does not pass signals
// on, so its group gets them with it.
func (l *launcher) target(launch supervisor.Launch, to supervisor.Target) process.Target {
	switch {
	case to == supervisor.ToAll:
		return process.All
	case to == supervisor.ToGroup, to == supervisor.ToMaster && l.of(launch).shell:
		return process.Group
	default:
		return process.Leader
	}
}

// notify turns what the kernel says into reports. It does not block. A leader that
// left nobody is reported when that is certain, which is at once.
func (l *launcher) notify(e process.Event) {
	launch := launchOf(e.Key)
	switch e.Kind {
	case process.Launched:
		l.started(launch, e.PID)
		l.report(supervisor.Launched{Launch: launch, PID: e.PID})
	case process.Failed:
		if p := l.forget(launch); p != nil { // it was prepared
			p.close()
			p.out.Failed()
		}
		l.report(failure(launch, e.Err))
	case process.Exited:
		exited := supervisor.Exited{Launch: launch, Status: statusOf(e.Status), Left: membersOf(e.Left)}
		if len(e.Left) == 0 {
			l.alone[launch] = exited
		} else {
			l.report(exited)
		}
	case process.Gone:
		l.of(launch).close()
		if exited, ok := l.alone[launch]; ok {
			delete(l.alone, launch)
			l.report(exited)
		} else {
			l.report(supervisor.Gone{Launch: launch})
		}
	case process.Denied:
		l.report(supervisor.Denied{Launch: launch, Err: e.Err})
	case process.Guarded:
		l.guarded(e)
	}
}

// guarded says what a user should know of the guardian: nothing while all is well.
func (l *launcher) guarded(e process.Event) {
	notice := output.Notice{Event: "guardian"}
	switch {
	case e.Err != nil:
		more, worth := l.unguarded.worth(supervisor.Event{Err: e.Err, Next: supervisor.BackingOff, Time: e.Time})
		if !worth {
			return
		}
		notice.Text = fmt.Sprintf("there is no guardian, so a SIGKILL of supervise may leave processes behind: %v%s", process.WithLimit(e.Err), more)
	case len(e.Left) > 0:
		notice.Cause = "the guardian " + e.Status.String()
		notice.Text = fmt.Sprintf("the guardian (pid %d) %s and has been replaced", e.Left[0].PID, e.Status)
	default:
		return
	}
	go l.mux.Notice(output.Source{}, notice) // which may wait for a slow reader
}

func failure(launch supervisor.Launch, err error) supervisor.LaunchFailed {
	if errors.Is(err, process.ErrAborted) {
		err = supervisor.ErrAborted
	}
	return supervisor.LaunchFailed{Launch: launch, Err: process.WithLimit(err), Transient: process.Transient(err), Code: process.ExitCode(err)}
}

func (l *launcher) started(launch supervisor.Launch, pid int) {
	l.mu.Lock()
	p := l.here[launch]
	p.pid = pid
	l.mu.Unlock()
	p.out.Forked(pid)
}

// of gives what a launch has here; nothing, if it is gone.
func (l *launcher) of(launch supervisor.Launch) present {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.here[launch]; p != nil {
		return *p
	}
	return present{}
}

// forget gives it for the last time.
func (l *launcher) forget(launch supervisor.Launch) *present {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.here[launch]
	delete(l.here, launch)
	return p
}

func keyOf(l supervisor.Launch) process.Key { return process.Key{Name: l.ID.String(), Launch: l.N} }

func launchOf(k process.Key) supervisor.Launch {
	id, _ := supervisor.ParseID(k.Name) // keyOf wrote it
	return supervisor.Launch{ID: id, N: k.Launch}
}

func statusOf(s process.Status) supervisor.Status {
	status := supervisor.Status{Code: s.Code, Signal: int(s.Signal), Core: s.Core}
	if s.Signal != 0 {
		status.Name = signals.Name(s.Signal)
	}
	return status
}

func membersOf(left []process.Member) (members []supervisor.Member) {
	for _, m := range left {
		members = append(members, supervisor.Member{PID: m.PID, Command: m.Command})
	}
	return members
}
