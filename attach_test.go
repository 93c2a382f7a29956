package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// startWithTerminals starts a formation whose instances have terminals, on one itself, and waits
// for a text.
func startWithTerminals(t *testing.T, procfile, text string, flags ...string) *session {
	t.Helper()
	s := startOnTerminal(t, procfile, append([]string{"start", "--no-timestamp", "--color=never", "--pty=always"}, flags...)...)
	s.waitFor(text)
	return s
}

// attach attaches another terminal, of 90 columns and 30 rows, to an instance of s.
func (s *session) attach(instance string) *session {
	s.t.Helper()
	a := onTerminal(s.t, s.client("attach", instance), nil)
	a.waitFor("supervise: attached to " + instance)
	return a
}

// client prepares a command that asks s.
func (s *session) client(args ...string) *exec.Cmd {
	cmd := exec.Command("supervise", args...)
	cmd.Dir, cmd.Env = s.cmd.Dir, s.cmd.Env
	return cmd
}

// interrupt ends a formation.
func (s *session) interrupt() {
	s.t.Helper()
	s.write("\x03")
	s.end()
}

func TestAttachShowsWhatWasMissedAndWhatComes(t *testing.T) {
	s := startWithTerminals(t, "web: child say one say two mutter 'name? ' && read name && child say \"hello $name\" hold\n", "two")
	a := s.attach("web.1")
	a.waitFor("one\ntwo\nname? ")
	a.write("Ada\r")
	a.waitFor("name? Ada\nhello Ada\n")
	a.write("\x1dd")
	if got := a.end(); got != "0" {
		t.Errorf("attach ended with %s, want 0", got)
	}
	if got, want := a.text(), "\x1b[msupervise: detached\n"; !strings.HasSuffix(got, want) {
		t.Errorf("the end is %q, want %q", got, want)
	}
	s.waitFor("web.1  | name? Ada\nweb.1  | hello Ada\n")
	s.interrupt()
}

func TestOneAtATimeIsAttached(t *testing.T) {
	s := startWithTerminals(t, "web: child say up hold\n", "up\n")
	a := s.attach("web.1")
	second := onTerminal(t, s.client("attach", "web"), nil)
	if got := second.end(); got != "1" {
		t.Errorf("the second ended with %s, want 1", got)
	}
	want := fmt.Sprintf("supervise: web.1 has somebody attached already: pid %d of ", a.cmd.Process.Pid)
	hint := "\n  hint: Ctrl-] d there gives it back, and so does the end of that process\n"
	if got := second.text(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, hint) || !strings.Contains(got, " on /dev/pts/") {
		t.Errorf("the second was told %q, want %q … %q", got, want, hint)
	}
	a.cmd.Process.Kill()
	a.end()
	third := s.attach("web.1") // the control, and a killed client's seat is free
	third.write("\x1dd")
	third.end()
	s.interrupt()
}

func TestAttachSaysWhyThereIsNoTerminal(t *testing.T) {
	s := startOnTerminal(t, "web: child say up hold\nworker: child hold\njob: true\n", "start", "worker=2,web=1,job=1", "--pty=never")
	s.waitFor("up\n")
	s.waitFor("job.1 exited 0")
	for name, want := range map[string]string{
		"web.1":  "supervise: web.1 has a pipe and no terminal (supervise start --pty always gives it one)\n",
		"worker": "supervise: worker has 2 instances: name one of worker.1, worker.2\n",
		"job.1":  "supervise: job.1 is ended: there is nothing to attach to\n",
		"wob.1":  "supervise: wob.1: no such instance nor process type\n  hint: did you mean web.1?\n",
		"":       "supervise: attach wants the name of one instance\n  hint: supervise attach INSTANCE\n",
	} {
		out, _ := s.client(strings.Fields("attach " + name)...).CombinedOutput()
		if got := string(out); got != want {
			t.Errorf("attach %s: %q, want %q", name, got, want)
		}
	}
	s.interrupt()
}

func TestAttachStaysOverARestartAndEndsWithItsInstance(t *testing.T) {
	s := startWithTerminals(t, "web: read answer; child say \"got $answer\" exit 3\n", "started", "--restart=never")
	a := s.attach("web.1")
	if out, err := s.client("restart", "web.1").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	a.next("supervise: web.1 stopped (SIGTERM) after")
	a.next("supervise: web.1 started with pid")
	a.write("once\r")
	a.next("got once\nsupervise: web.1 exited 3 after")
	if got := a.end(); got != "3" {
		t.Errorf("attach ended with %s, want 3", got)
	}
	if got, want := a.text(), "\n\x1b[msupervise: web.1 is failed\n"; !strings.HasSuffix(got, want) {
		t.Errorf("the end is %q, want %q", got, want)
	}
	s.end()
}

func TestTheWindowsSizeIsSentAndTakenBack(t *testing.T) {
	s := startWithTerminals(t, "web: trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done\n", "40 91\n")
	a := s.attach("web.1")
	a.next("40 100\n") // the test's terminals have it
	a.resize(unix.Winsize{Row: 10, Col: 70})
	a.next("10 70\n")
	s.resize(unix.Winsize{Row: 50, Col: 120}) // ours is not the one that counts now
	a.next("10 70\n")
	a.write("\x1dd")
	a.end()
	s.next("10 70\nweb.1  | 10 70\nweb.1  | 50 111\n")
	s.interrupt()
}

func TestWhatIsNotATerminalIsTypedAsItIs(t *testing.T) {
	s := startWithTerminals(t, "web: while read line; do child args \"$line\"; done\n", "started")
	cmd := s.client("attach", "web")
	cmd.Stdin = strings.NewReader("one\ntwo \x16\x1d d\n" + strings.Repeat("x", 3000) + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "supervise: detached\n") || strings.Contains(string(out), "attached to") {
		t.Errorf("%v: %q", err, out)
	}
	s.next("\"one\"\n")
	s.next("\"two \\x1d d\"\n")
	s.next("| \"" + strings.Repeat("x", 3000) + "\"\n")
	s.interrupt()
}

func TestAnAttachThatStandsStillDelaysNobody(t *testing.T) {
	s := startWithTerminals(t, "web: read line; child count 300000 && child create there hold\n", "started", "--quiet=web")
	a := s.attach("web.1")
	a.write("go\r")
	a.waitFor("\n1\n")
	a.cmd.Process.Signal(syscall.SIGSTOP)
	if !within(patience, func() bool { _, err := os.Stat(s.cmd.Dir + "/there"); return err == nil }) {
		t.Fatal("the instance waits for a client that stands still")
	}
	a.cmd.Process.Signal(syscall.SIGCONT)
	a.waitFor(" bytes came faster than they were read and are not shown\n")
	a.waitFor("\n300000\n")
	a.write("\x1dd")
	a.end()
	s.interrupt()
}
