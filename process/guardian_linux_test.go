package process

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() { roles["guarded"] = guarded }

// guarded is another supervisor: it launches the command after --, with a guardian unless
// the arguments before it say "alone", and leaves daemons alone if they say "leave". It says
// what happens. At a SIGTERM it ends as it should, at a SIGUSR1 it panics.
func guarded(args []string) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGTERM, syscall.SIGUSR1)
	t, err := New(func(e Event) {
		fmt.Println(e.Kind, e.PID, e.Left, e.Status, e.Err)
	})
	if err != nil {
		panic(err)
	}
	end := slices.Index(args, "--")
	if !slices.Contains(args[:end], "alone") {
		t.Guard(runOfTest)
	}
	id := runOfTest + ".web.1.1"
	t.Launch(Key{"web.1", 1}, Spec{
		Argv:         args[end+1:],
		Env:          append(os.Environ(), "SUPERVISE_ID="+id),
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		ID:           id,
		LeaveDaemons: slices.Contains(args[:end], "leave"),
	})
	if <-heard == syscall.SIGUSR1 {
		os.Stderr.Close()
		panic("as the test asked")
	}
	fmt.Println("left", t.Close(time.Now().Add(patience)))
}

// supervisor is a process in the role above.
type supervisor struct {
	*testing.T
	*os.Process
	out    lines
	leader int // of its launch, after ready
}

// newSupervisor starts one, in a group of its own.
func newSupervisor(t *testing.T, args ...string) *supervisor {
	t.Helper()
	out, p := harness(t, &syscall.SysProcAttr{Setpgid: true}, role("guarded", args...)...)
	s := &supervisor{T: t, Process: p, out: out}
	t.Cleanup(func() {
		p.Kill()
		p.Wait()
		for _, pid := range eventually(s.guardians, "") {
			t.Errorf("the guardian, pid %d, survived the test", pid)
			syscall.Kill(pid, syscall.SIGKILL)
		}
		eventually(reapOrphans, "")
	})
	return s
}

// reapOrphans reaps whom the supervisor has left: this process is a subreaper since its
// first table, and now it has none. It tells whether there is still somebody.
func reapOrphans(string) []int {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		switch {
		case err == syscall.ECHILD:
			return nil
		case pid == 0:
			return []int{-1}
		}
	}
}

// guardians lists who has been started as s's guardian and is alive.
func (s *supervisor) guardians(string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		line, _ := os.ReadFile(file)
		if strings.HasPrefix(string(line), fmt.Sprintf("%s\x00%d\x00", guardianName, s.Pid)) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// ready waits for the pids of n children, of the guardian and of the leader, in whatever
// order they come.
func (s *supervisor) ready(n int) (children []int, guardian int) {
	s.Helper()
	for len(children) < n || guardian == 0 || s.leader == 0 {
		fields := strings.Fields(s.out.next(s.T))
		pid, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "ready":
			children = append(children, pid)
		case "guarded":
			guardian = pid
		case "launched":
			s.leader = pid
		}
	}
	return children, guardian
}

// survivors waits until nobody of these is alive.
func survivors(t *testing.T, pids []int) []int {
	t.Helper()
	return eventually(func(string) []int {
		return slices.DeleteFunc(slices.Clone(pids), func(pid int) bool { return !alive(pid) })
	}, "")
}

// forests are commands that leave something behind when their leader is killed: how many
// say ready, and what they are.
var forests = map[string]struct {
	ready int
	argv  []string
}{
	"a child":                     {1, role("leave", "deaf")},
	"a pipeline":                  {2, script("{ $self @deaf >&3 | $self @deaf; } 3>&1")},
	"a daemon":                    {1, role("daemon", "deaf")},
	"a daemon's daemon":           {1, role("daemon", "daemon", "deaf")},
	"nohup in the background":     {1, script("nohup $self @deaf & wait")},
	"setsid in the background":    {1, script("setsid $self @deaf & wait")},
	"a child without environment": {1, script("env -i $self @deaf & wait")},
	"a child without leader":      {1, script("env -i $self @deaf &")},
}

// script runs a script that calls the test binary $self.
func script(text string) []string {
	return []string{"/bin/sh", "-c", "self=" + self() + "; " + text}
}

// faults are ways to end without a word.
var faults = map[string]func(*supervisor){
	"SIGKILL":              func(s *supervisor) { s.Kill() },
	"SIGKILL to its group": func(s *supervisor) { syscall.Kill(-s.Pid, syscall.SIGKILL) },
	"a panic":              func(s *supervisor) { s.Signal(syscall.SIGUSR1) },
}

func TestNothingOutlivesASupervisorWithAGuardian(t *testing.T) {
	for forest, f := range forests {
		for fault, end := range faults {
			t.Run(forest+", "+fault, func(t *testing.T) {
				s := newSupervisor(t, append([]string{"--"}, f.argv...)...)
				children, guardian := s.ready(f.ready)
				end(s)
				s.Wait()
				if left := survivors(t, append(children, guardian)); len(left) > 0 {
					t.Errorf("%v of the children %v and the guardian %d are alive", left, children, guardian)
				}
			})
		}
	}
}

// The negative control of the test above: what the kernel alone does is end the leader.
func TestWithoutAGuardianGrandchildrenOutliveTheirSupervisor(t *testing.T) {
	s := newSupervisor(t, append([]string{"alone", "--"}, role("daemon", "deaf")...)...)
	daemon := s.out.ready(t)
	s.Kill()
	s.Wait()
	if !alive(daemon) {
		t.Errorf("pid %d is dead, want it to be left behind", daemon)
	}
	syscall.Kill(daemon, syscall.SIGKILL)
}

func TestDaemonsThatMayStayOutliveTheirSupervisor(t *testing.T) {
	s := newSupervisor(t, append([]string{"leave", "--"}, script("setsid $self @deaf & $self @deaf")...)...)
	children, guardian := s.ready(2)
	inside, outside := children[0], children[1]
	if p, _ := read(inside); p.session == inside {
		inside, outside = outside, inside
	}
	s.Kill()
	s.Wait()
	if left := survivors(t, []int{inside, guardian}); len(left) > 0 {
		t.Errorf("%v of the child %d and the guardian %d are alive", left, inside, guardian)
	}
	if !alive(outside) {
		t.Errorf("the daemon %d is dead, want it to be spared", outside)
	}
	syscall.Kill(outside, syscall.SIGKILL)
}

func TestDaemonsThatMayStayDoSoWhenTheirLaunchIsGone(t *testing.T) {
	s := newSupervisor(t, append([]string{"leave", "--"}, role("daemon", "deaf")...)...)
	children, guardian := s.ready(1)
	syscall.Kill(s.leader, syscall.SIGUSR1)
	s.out.find(t, "gone")
	s.Kill()
	s.Wait()
	if left := survivors(t, []int{guardian}); len(left) > 0 {
		t.Errorf("the guardian %d is alive", guardian)
	}
	if !alive(children[0]) {
		t.Errorf("the daemon %d is dead, want it to be spared", children[0])
	}
	syscall.Kill(children[0], syscall.SIGKILL)
}

func TestAGuardianThatIsKilledIsReplacedByOneThatKnowsAll(t *testing.T) {
	s := newSupervisor(t, append([]string{"--"}, script("env -i $self @deaf & wait")...)...)
	children, guardian := s.ready(1)
	killed := time.Now()
	syscall.Kill(guardian, syscall.SIGKILL)
	said := s.out.find(t, "guarded")
	if took := time.Since(killed); took > time.Second { // on a busy machine; it is 1 ms
		t.Errorf("it was replaced after %v, want less than 100 ms", took)
	}
	next, _ := strconv.Atoi(strings.Fields(said)[1])
	if want := fmt.Sprintf("guarded %d [{%d (guardian) false}] was killed by SIGKILL <nil>", next, guardian); said != want || next == guardian {
		t.Errorf("%q, want %q", said, want)
	}
	s.Kill()
	s.Wait()
	if left := survivors(t, append(children, next)); len(left) > 0 {
		t.Errorf("%v of the child %v and the guardian %d are alive", left, children, next)
	}
}

// Nobody is there to sweep then, or somebody just is: the leader ends in any case.
func TestALeaderDoesNotOutliveBothItsSupervisorAndTheGuardian(t *testing.T) {
	s := newSupervisor(t, append([]string{"--"}, role("deaf")...)...)
	children, guardian := s.ready(1)
	syscall.Kill(guardian, syscall.SIGKILL)
	s.Kill()
	s.Wait()
	if left := survivors(t, append(children, guardian)); len(left) > 0 {
		t.Errorf("%v of the leader %v and the guardian %d are alive", left, children, guardian)
	}
}
