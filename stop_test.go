package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

func TestSIGTERMInTheMiddleOfAThousandLaunchesEndsThem(t *testing.T) {
	const all = 1000
	for _, test := range []struct {
		after   int
		stopped bool
	}{
		{1, true},
		{all, false}, // the control: nothing else keeps them from being launched
	} {
		s := startIn(t, "job: sleep 1000\n", "start", "job=1000")
		s.waitForLines("started with pid", test.after)
		s.send(syscall.SIGTERM)
		s.end("0")
		if got := s.lines("started with pid"); got < all != test.stopped {
			t.Errorf("SIGTERM after %d launches: %d were launched of %d", test.after, got, all)
		}
	}
}

func TestAStormOfSignalsIsNothingAndOneSIGTERMIsEnough(t *testing.T) {
	s := startIn(t, `web: trap '' USR1 USR2 WINCH; trap 'sleep 0.3; echo drained; exit 0' TERM; echo up; while :; do sleep 1 & wait $!; done
`, "start")
	s.waitForLines("| up", 1)
	for range 10000 / 5 {
		s.send(syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCHLD, syscall.SIGPIPE)
	}
	for range 10000 {
		s.send(syscall.SIGTERM)
	}
	s.end("0")
	if s.lines("| drained") != 1 || s.lines("SIGTERM: stopping") != 1 {
		t.Errorf("it did not drain once:\n%s", s.said())
	}
}

// A keyboard's SIGINT may come twice, through the group and from a parent that passes it on.
func TestTwoCtrlCAtOnceAreOne(t *testing.T) {
	s := startIn(t, `web: trap 'sleep 0.2; echo drained; exit 0' TERM; echo up; while :; do sleep 1 & wait $!; done
`, "start")
	s.waitForLines("| up", 1)
	s.send(syscall.SIGINT, syscall.SIGINT)
	s.end("130")
	if s.lines("| drained") != 1 {
		t.Errorf("it did not drain:\n%s", s.said())
	}
}

func TestAllDrainAtTheSameTime(t *testing.T) {
	s := startIn(t, `web: trap 'sleep 0.5; echo drained; exit 0' TERM; echo up; while :; do sleep 1 & wait $!; done
`, "start", "web=40")
	s.waitForLines("| up", 40)
	begin := time.Now()
	s.send(syscall.SIGTERM)
	s.end("0")
	if took := time.Since(begin); s.lines("| drained") != 40 || took > 5*time.Second {
		t.Errorf("%d of 40 drained in %v; one after the other they need 20s", s.lines("| drained"), took)
	}
}

func TestATerminalThatClosesStopsTheFormation(t *testing.T) {
	cmd := superviseIn(t, `web: trap 'echo bye >bye; exit 0' TERM; echo up; while :; do sleep 1 & wait $!; done
`, "start")
	master, err := pty.Start(cmd)
	must(t, err)
	for output := bufio.NewScanner(master); output.Scan() && !strings.HasSuffix(output.Text(), " up"); {
	}
	master.Close()
	cmd.Wait() // how it ended is in its ProcessState
	if got := ending(cmd.ProcessState); got != "129" {
		t.Errorf("ended with %s, want 129", got)
	}
	if _, err := os.Stat(filepath.Join(cmd.Dir, "bye")); err != nil {
		t.Errorf("the app did not drain: %v", err)
	}
}

// Before supervise hears it, SIGTERM does what the kernel's rules say; but then nothing
// has been launched.
func TestSIGTERMAtAnyMomentLeavesNothing(t *testing.T) {
	program := build(t)
	ends := map[string]int{}
	for delay := time.Duration(0); delay <= 5*time.Millisecond; delay += 100 * time.Microsecond {
		s := prepare(t, "web: sleep 1000\n", "start")
		s.Path = program
		s.start()
		<-time.After(delay)
		s.send(syscall.SIGTERM)
		end := s.end("0", "SIGTERM")
		ends[end]++
		if started := s.lines("started with pid"); end == "SIGTERM" && started > 0 {
			t.Errorf("SIGTERM %v after the exec ended it when it had launched:\n%s", delay, s.said())
		}
	}
	t.Logf("in its first 5 ms: %v", ends)
	s := startIn(t, "web: sleep 1000\n", "start")
	s.waitForLines("started with pid", 1)
	s.send(syscall.SIGTERM)
	s.end("0")
}

func TestWhatBelongsToAnotherUserIsNamedAndLeft(t *testing.T) {
	setpriv, err := exec.LookPath("setpriv")
	if err != nil || os.Getuid() != 0 {
		t.Skip("needs root and setpriv(1)")
	}
	const nobody = 65534
	s := prepare(t, "web: ./as-root --reuid 0 --regid 0 --clear-groups sh -c 'echo up; exec sleep 1000'\n", "start", "--stop-budget", "2s")
	// Its folder, and the program, must be open to nobody; a setuid program then becomes
	// root altogether: a real uid of its own would be enough for the kernel to let us.
	for _, open := range []string{filepath.Dir(s.Dir), s.Dir, filepath.Join(s.Dir, "Procfile")} {
		must(t, os.Chmod(open, 0o755))
	}
	copyProgram(t, setpriv, filepath.Join(s.Dir, "as-root"), 0o755|os.ModeSetuid)
	copyProgram(t, build(t), filepath.Join(s.Dir, "supervise"), 0o755)
	s.Path = filepath.Join(s.Dir, "supervise")
	s.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	s.start()
	s.waitForLines("| up", 1)
	s.send(syscall.SIGTERM)
	s.end("0")
	for _, line := range []string{
		"cannot send SIGTERM to pid ", "(sleep), which belongs to another user: operation not permitted", "leaving 1 instance that cannot be killed",
	} {
		if s.lines(line) != 1 {
			t.Errorf("there is no line %q:\n%s", line, s.said())
		}
	}
	if left := tagged(s.tag()); len(left) != 1 {
		t.Errorf("left %v, want the one", left)
	}
	for _, pid := range tagged(s.tag()) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func copyProgram(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	program, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, program, 0o600))
	must(t, os.Chmod(to, mode))
}
