package process

import (
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestADaemonIsFollowedOutOfItsSession(t *testing.T) {
	for _, tt := range []struct {
		name string
		argv []string
		hide func(*lister)
	}{
		{"by its environment", role("daemon", "listen"), nil},
		{"without an environment", role("daemon", "nameless", "listen"), nil},
		{"without the kernel's list of children", role("daemon", "listen"), func(l *lister) { l.children = "/nowhere" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			if tt.hide != nil {
				tt.hide(s.table.reaper.family.procs)
			}
			spec := s.spec(tt.argv...)
			spec.RestSignal = syscall.SIGTERM
			k, out := s.launch("web.1", spec)
			daemon := out.ready(t)
			if p, _ := read(daemon); p.session == s.pid(k) {
				t.Fatalf("the daemon is in session %d, want one of its own", p.session)
			}
			s.table.Signal(k, Leader, syscall.SIGUSR1)
			s.left(s.want(k, Exited), daemon)
			if got := out.next(t); got != "terminated" {
				t.Errorf("the daemon heard %q, want SIGTERM", got)
			}
			s.table.Signal(k, All, syscall.SIGKILL)
			s.want(k, Gone)
			if alive(daemon) {
				t.Errorf("pid %d is alive after Gone", daemon)
			}
		})
	}
}

// The negative control of the test above: orphans go to somebody else.
func TestWithoutASubreaperADaemonIsLost(t *testing.T) {
	s := newStage(t)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	k, out := s.launch("web.1", s.spec(role("daemon", "deaf")...))
	daemon := out.ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.left(s.want(k, Exited))
	s.want(k, Gone)
	if !alive(daemon) {
		t.Errorf("pid %d is dead, want it to have escaped", daemon)
	}
	syscall.Kill(daemon, syscall.SIGKILL)
}

// Programs overwrite their environment when they set their title, and fathers die: who
// was recognised once stays so, and so do the children.
func TestADaemonOnceRecognisedStaysSo(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("daemon", "daemon", "nameless", "listen")...))
	young := out.ready(t)
	for end := time.Now().Add(patience); len(tagged(s.tag)) > 2 && time.Now().Before(end); {
	} // until the forks in between have ended
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	e := s.want(k, Exited)
	if len(e.Left) != 2 {
		t.Fatalf("%v are left, want two daemons", e.Left)
	}
	for _, m := range e.Left {
		if m.PID != young {
			syscall.Kill(m.PID, syscall.SIGUSR1) // the named father ends
		}
	}
	s.table.Signal(k, All, syscall.SIGHUP)
	if got := out.next(t); got != "hangup" {
		t.Errorf("the nameless daemon heard %q, want SIGHUP", got)
	}
	s.table.Signal(k, All, syscall.SIGKILL)
	s.want(k, Gone)
}

func TestADaemonOfAnotherLaunchIsNotTakenForOurs(t *testing.T) {
	s := newStage(t)
	spec := s.spec(role("daemon", "listen")...)
	other, out := s.launch("web.1", spec)
	daemon := out.ready(t)
	s.table.Signal(other, Leader, syscall.SIGUSR1)
	s.left(s.want(other, Exited), daemon)

	spec = s.spec("true")
	spec.ID, spec.Env, spec.RestSignal = "another", []string{"SUPERVISE_ID=another", "PATH=/bin:/usr/bin", s.tag}, syscall.SIGKILL
	k := Key{"web.2", 1}
	s.table.Launch(k, spec)
	s.want(k, Launched)
	s.left(s.want(k, Exited))
	s.want(k, Gone)
	if !alive(daemon) {
		t.Errorf("pid %d of web.1 died with web.2", daemon)
	}
	s.table.Signal(other, All, syscall.SIGKILL)
	s.want(other, Gone)
}

func TestWithoutProcTheGroupIsStillWaitedFor(t *testing.T) {
	s := newStage(t)
	procs := s.table.reaper.family.procs
	procs.proc.Close()
	procs.proc, procs.children = nil, "/nowhere"
	spec := s.spec(role("leave", "listen")...)
	spec.RestSignal = syscall.SIGTERM
	k, out := s.launch("web.1", spec)
	child := out.ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.want(k, Exited)
	if got := out.next(t); got != "terminated" {
		t.Errorf("the child heard %q, want SIGTERM", got)
	}
	s.table.Signal(k, All, syscall.SIGHUP, syscall.SIGKILL)
	s.want(k, Gone)
	if alive(child) {
		t.Errorf("pid %d is alive after Gone", child)
	}
}

func TestANumberThatIsAnothersByNowIsNotSignalled(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("listen")...))
	p, _ := read(out.ready(t))
	l := newLister()
	defer l.close()
	stale := p
	stale.start--
	for _, p := range []process{stale, p} {
		if _, err := l.deliver(p, []syscall.Signal{syscall.SIGHUP + syscall.Signal(p.start-stale.start)}); err != nil {
			t.Error(err)
		}
	}
	if got := out.next(t); got != "interrupt" {
		t.Errorf("it heard %q first, want SIGINT: SIGHUP was for an earlier process", got)
	}
	s.table.Signal(k, Leader, syscall.SIGKILL)
	s.want(k, Exited)
}
