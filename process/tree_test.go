package process

import (
	"slices"
	"syscall"
	"testing"
)

func TestWhatALeaderLeavesInItsGroupGetsTheRestSignalAtOnce(t *testing.T) {
	s := newStage(t)
	spec := s.spec(role("leave", "listen")...)
	spec.RestSignal = syscall.SIGTERM
	k, out := s.launch("web.1", spec)
	child := out.ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	e := s.want(k, Exited)
	s.left(e, child)
	if got := out.next(t); got != "terminated" {
		t.Errorf("the child heard %q, want SIGTERM", got)
	}
	s.table.Signal(k, Group, syscall.SIGUSR2) // the leader is dead, its group is not
	s.want(k, Gone)
	if alive(child) {
		t.Errorf("pid %d is alive after Gone", child)
	}
}

// The negative control of the test above.
func TestWithoutARestSignalWhatIsLeftStays(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("leave", "listen")...))
	child := out.ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.left(s.want(k, Exited), child)
	s.table.Signal(k, Group, syscall.SIGHUP)
	if got := out.next(t); got != "hangup" {
		t.Errorf("the child heard %q first, want SIGHUP", got)
	}
	s.table.Signal(k, All, syscall.SIGKILL)
	s.want(k, Gone)
}

func TestTheRestSignalIsNotSentTwice(t *testing.T) {
	for _, to := range []Target{Group, All} {
		s := newStage(t)
		spec := s.spec(role("leave", "listen")...)
		spec.RestSignal = syscall.SIGTERM
		k, out := s.launch("web.1", spec)
		out.ready(t)
		s.table.Signal(k, to, syscall.SIGTERM) // ends the leader
		s.want(k, Exited)
		heard := []string{out.next(t)}
		s.table.Signal(k, Group, syscall.SIGUSR2)
		s.want(k, Gone)
		for out.Scan() {
			heard = append(heard, out.Text())
		}
		if want := []string{"terminated", "user defined signal 2"}; !slices.Equal(heard, want) {
			t.Errorf("after SIGTERM to target %d the child heard %q, want %q", to, heard, want)
		}
		s.close()
	}
}

func TestAStoppedProcessThatIsLeftActsOnTheRestSignal(t *testing.T) {
	s := newStage(t)
	spec := s.spec(role("leave", "wait")...)
	spec.RestSignal = syscall.SIGTERM
	k, out := s.launch("web.1", spec)
	child := out.ready(t)
	syscall.Kill(child, syscall.SIGSTOP)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.left(s.want(k, Exited), child)
	s.want(k, Gone)
	if alive(child) {
		t.Errorf("pid %d is alive after Gone", child)
	}
}

func TestSignalsGoToTheirTargetInOrder(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("leave", "listen")...))
	out.ready(t)
	s.table.Signal(k, Group, syscall.SIGHUP) // ends the leader, not the child
	s.want(k, Exited)
	if got := out.next(t); got != "hangup" {
		t.Errorf("the child heard %q, want SIGHUP for the group", got)
	}
	s.table.Signal(k, Leader, syscall.SIGUSR2) // nobody
	s.table.Signal(k, Group, syscall.SIGINT)
	if got := out.next(t); got != "interrupt" {
		t.Errorf("the child heard %q, want SIGINT: SIGUSR2 is the leader's", got)
	}
	s.table.Signal(k, All, syscall.SIGKILL)
	s.want(k, Gone)
}

func TestSIGKILLToAllLeavesNobodyWhateverTheyIgnore(t *testing.T) {
	for name, argv := range map[string][]string{
		"leader": role("deaf"),
		"group":  role("leave", "deaf"),
		"daemon": role("daemon", "deaf"),
		"deep":   role("leave", "daemon", "leave", "daemon", "deaf"),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			k, out := s.launch("web.1", s.spec(argv...))
			out.ready(t)
			s.table.Signal(k, All, syscall.SIGTERM, syscall.SIGKILL)
			s.want(k, Exited)
			s.want(k, Gone)
			if pids := tagged(s.tag); len(pids) > 0 {
				t.Errorf("%v are alive after Gone", pids)
			}
		})
	}
}

func TestDaemonsThatMayStayAreLeftAlone(t *testing.T) {
	s := newStage(t)
	spec := s.spec(role("daemon", "listen")...)
	spec.RestSignal = syscall.SIGTERM
	spec.LeaveDaemons = true
	k, out := s.launch("web.1", spec)
	daemon := out.ready(t)
	s.table.Signal(k, All, syscall.SIGHUP)
	s.left(s.want(k, Exited))
	s.want(k, Gone)
	s.close()
	syscall.Kill(daemon, syscall.SIGUSR2)
	if got := out.next(t); got != "user defined signal 2" {
		t.Errorf("the daemon heard %q first, want our SIGUSR2 alone", got)
	}
}

func TestCloseEndsWhatRunsAndWhatBelongsToNobody(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("daemon", "deaf")...))
	s.launch("web.2", s.spec(role("deaf")...))
	out.ready(t)
	s.table.reaper.inbox.put(func() { s.table.reaper.family.ids = map[string]*launch{} })
	s.table.Signal(k, Leader, syscall.SIGKILL)
	s.close()
	if pids := tagged(s.tag); len(pids) > 0 {
		t.Errorf("%v are alive after Close", pids)
	}
	s.want(Key{"web.2", 1}, Exited)
	s.want(Key{"web.2", 1}, Gone)
}

func TestCloseAbortsWhatWaitsToBeForked(t *testing.T) {
	s := newStage(t)
	busy, release := make(chan bool), make(chan bool)
	landed := s.table.forker.landed
	s.table.forker.landed = func(l landing) {
		if l.err == nil {
			close(busy)
			<-release
		}
		landed(l)
	}
	s.table.Launch(Key{"a", 1}, s.spec(role("deaf")...))
	s.table.Launch(Key{"b", 1}, s.spec(role("deaf")...))
	<-busy
	closed := make(chan bool)
	go func() {
		s.close()
		close(closed)
	}()
	s.want(Key{"b", 1}, Failed)
	close(release)
	<-closed
	for _, kind := range []Kind{Launched, Exited, Gone} {
		s.want(Key{"a", 1}, kind)
	}
}

// pid is the leader's.
func (s *stage) pid(k Key) int {
	s.Helper()
	pid := make(chan int, 1)
	s.table.reaper.inbox.put(func() { pid <- s.table.reaper.launches[k].pid })
	return <-pid
}
