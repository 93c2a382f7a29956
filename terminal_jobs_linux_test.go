package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shells have job control. ENV keeps dash from reading a profile.
var shells = map[string][]string{
	"bash": {"bash", "--norc", "--noprofile", "--noediting", "-i"},
	"dash": {"dash", "-i"},
}

// prompt is what a shell says when it is ours again. Nothing that is typed contains it.
const prompt = "your turn> "

// withShells runs a test in each shell, which stands in a folder with this Procfile, at its
// first prompt.
func withShells(t *testing.T, procfile string, test func(*testing.T, *session)) {
	for name, argv := range shells {
		t.Run(name, func(t *testing.T) {
			cmd := commandIn(t, procfile, argv[0], argv[1:]...)
			if cmd.Err != nil {
				t.Skip(cmd.Err)
			}
			cmd.Env = append(cmd.Env, "PS1="+prompt, "ENV=", "HISTFILE=")
			s := onTerminal(t, cmd, nil)
			s.next(prompt)
			test(t, s)
			s.master.WriteString("exit\nexit\n") // if it is there; twice, for of stopped jobs a shell warns first
			s.end()
		})
	}
}

// does types a command line and returns what appears until the next prompt.
func (s *session) does(command string) string {
	s.t.Helper()
	s.write(command + "\n")
	s.next("\n") // its echo
	return s.next(prompt)
}

// stopped waits until all that the shell has started are stopped, or none is. The guardian
// never is: it is there for the case that supervise cannot.
func (s *session) stopped(want bool) {
	s.t.Helper()
	var others []int
	all := func() bool {
		others = nil
		for _, pid := range tagged(s.tag) {
			if pid != s.cmd.Process.Pid && isStopped(pid) != want && !isGuardian(pid) {
				others = append(others, pid)
			}
		}
		return others == nil
	}
	if !within(patience, all) {
		s.t.Fatalf("stopped is %t of %s; the terminal has %q", !want, commandLines(others), s.text())
	}
}

func isStopped(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // gone meanwhile
	return strings.HasPrefix(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " T ")
}

func isGuardian(pid int) bool { return strings.Contains(commandLines([]int{pid}), "guardian") }

const aDaemonToo = "web: child on TERM bye 0 daemon say daemon hold end say up hold\n"

func TestCtrlZStopsTheFormationAndGivesTheShellItsPrompt(t *testing.T) {
	withShells(t, aDaemonToo, func(t *testing.T, s *session) {
		s.write("supervise start; echo co''de=$?\n")
		s.next("up\n")
		s.waitFor("daemon\n")
		for range 2 {
			s.write("\x1a")
			s.next(prompt)
			s.stopped(true)
			if got := s.does("echo still he''re"); got != "still here\n" {
				t.Errorf("the shell says %q", got)
			}
			s.write("fg\n")
			s.stopped(false)
		}
		s.write("\x03")
		s.next("bye\n")
		s.next(prompt)
	})
}

func TestAfterACtrlZTheFormationCanGoOnInTheBackground(t *testing.T) {
	withShells(t, aDaemonToo, func(t *testing.T, s *session) {
		s.write("supervise start\n")
		s.next("up\n")
		s.waitFor("daemon\n")
		s.write("\x1a")
		s.next(prompt)
		s.stopped(true)
		s.does("bg")
		s.stopped(false)
		s.write("kill -TERM %1; wait %1; echo co''de=$?\n")
		s.next("bye\n")
		s.next("code=0\n")
		s.next(prompt)
	})
}

// The grace period of 2 s is nearly all to come when the formation is stopped for 3 s.
func TestNoDeadlineRunsWhileTheFormationIsStopped(t *testing.T) {
	withShells(t, "web: child ignore TERM say up hold\n", func(t *testing.T, s *session) {
		s.write("supervise start --timeout 2s\n")
		s.next("up\n")
		s.write("\x03")
		s.next("stopping 1 instance")
		s.write("\x1a")
		s.next(prompt)
		s.stopped(true)
		s.write("sleep 3; echo go''es; fg\n")
		s.next("goes\n")
		begun := time.Now()
		s.next("ignored SIGTERM for its 2s grace period and was killed\n")
		if took := time.Since(begun); took < time.Second {
			t.Errorf("killed %v after fg, want the rest of its grace period of 2s", took)
		}
		s.next(prompt)
	})
}

func TestAFormationCanBeStartedInTheBackground(t *testing.T) {
	withShells(t, aDaemonToo, func(t *testing.T, s *session) {
		s.does("supervise start &")
		s.waitFor("up\n")
		s.write("\x03") // is the shell's
		s.next(prompt)
		s.write("kill -TERM %1; wait %1; echo co''de=$?\n")
		s.next("bye\n")
		s.next("code=0\n")
		s.next(prompt)
	})
}

// With tostop who writes from the background is stopped; the instances are not, and what they
// write waits.
func TestTostopStopsABackgroundFormationUntilItComesToTheFore(t *testing.T) {
	withShells(t, "web: child on TERM bye 0 say up hold\n", func(t *testing.T, s *session) {
		s.does("stty tostop")
		s.does("supervise start &")
		if !within(patience, func() bool { return strings.Contains(s.does("jobs"), "Stopped") }) {
			t.Fatalf("it is not stopped, the terminal has %q", s.text())
		}
		s.write("fg\n")
		s.next("up\n")
		s.write("\x03")
		s.next("bye\n")
		s.next(prompt)
	})
}

// job is the pid of supervise, 0 while there is none.
func (s *session) job() int {
	for _, pid := range tagged(s.tag) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // gone meanwhile
		if strings.HasPrefix(string(line), "supervise\x00start") {
			return pid
		}
	}
	return 0
}

func TestTheTerminalIsAsBeforeHoweverWeEnd(t *testing.T) {
	ends := []struct {
		how string
		end func(*session)
	}{
		{"Ctrl-C", func(s *session) { s.write("\x03") }},
		{"Ctrl-\\", func(s *session) { s.write("\x1c") }},
		{"SIGTERM", func(s *session) { syscall.Kill(s.job(), syscall.SIGTERM) }},
		{"SIGKILL", func(s *session) { syscall.Kill(s.job(), syscall.SIGKILL) }},
		{"a crash of ours", func(s *session) { syscall.Kill(s.job(), syscall.SIGSEGV) }},
		{"Ctrl-Z", func(s *session) { s.write("\x1a") }}, // last: what is stopped is killed at the end
	}
	withShells(t, "web: child on TERM bye 0 mutter $(tput smcup civis)up. hold\n", func(t *testing.T, s *session) {
		s.does("stty -echoctl min 3") // somebody's own modes
		before := s.does("stty -g")
		for _, c := range ends {
			s.write("supervise start; :\n")
			s.next("started with pid")
			c.end(s)
			s.next(prompt)
			if after := s.does("stty -g"); after != before {
				t.Errorf("after %s the modes are %q, want %q", c.how, after, before)
			}
			if c.how != "Ctrl-Z" && !within(patience, func() bool { return len(tagged(s.tag)) == 1 }) {
				t.Fatalf("after %s there are %s", c.how, commandLines(tagged(s.tag)))
			}
		}
		s.does("kill -KILL %1")
	})
}

// The kernel hangs up on stopped jobs that have lost their shell, and continues them.
func TestAClosedTerminalLeavesNobody(t *testing.T) {
	withShells(t, aDaemonToo, func(t *testing.T, s *session) {
		s.write("supervise start\n")
		s.next("up\n")
		s.waitFor("daemon\n")
		s.write("\x1a")
		s.next(prompt)
		s.stopped(true)
		s.master.Close()
		if !within(patience, func() bool { return len(tagged(s.tag)) == 0 }) {
			t.Errorf("%s", commandLines(tagged(s.tag)))
		}
	})
}

// A terminal that takes no output, by Ctrl-S, holds up neither a restart nor the end.
func TestCtrlSHoldsUpNothingButTheOutput(t *testing.T) {
	s := startOnTerminal(t, "flood: echo $$ >>pids; exec yes\n", "start", "--restart=always")
	s.waitFor(" y\n")
	s.write("\x13")
	launches := func() []string {
		pids, _ := os.ReadFile(filepath.Join(s.cmd.Dir, "pids"))
		return strings.Fields(string(pids))
	}
	for n := 1; n < 4; n++ {
		if !within(patience, func() bool { return len(launches()) == n }) {
			t.Fatalf("launched %d times, want %d", len(launches()), n)
		}
		pid, _ := strconv.Atoi(launches()[n-1])
		syscall.Kill(pid, syscall.SIGKILL)
	}
	begun := time.Now()
	s.cmd.Process.Signal(syscall.SIGUSR1) // is answered by a line
	s.cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan error)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(patience):
		s.cmd.Process.Kill()
		t.Fatal("it has not ended")
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the end took %v", took)
	}
	if got := ending(s.cmd.ProcessState); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	s.write("\x11")
	<-s.closed
}
