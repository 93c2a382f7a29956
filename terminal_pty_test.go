package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const whichTerminals = "job: child terminals\n"

func TestInstancesHaveATerminalWhereWeHaveOneOrAsToldOtherwise(t *testing.T) {
	for _, c := range []struct {
		flags    string
		terminal bool // ours
		want     bool // theirs
	}{
		{"--pty=auto", true, true},
		{"--pty=never", true, false},
		{"--pty=always", true, true},
		{"--pty=auto", false, false},
		{"--pty=always", false, true},
	} {
		var text string
		if c.terminal {
			s := startOnTerminal(t, whichTerminals, "start", c.flags)
			s.end()
			text = s.text()
		} else {
			out, _ := superviseIn(t, whichTerminals, "start", c.flags).Output()
			text = string(out)
		}
		for _, stream := range []string{"stdin", "stdout", "stderr"} {
			if want := fmt.Sprintf(" /dev/%s %t\n", stream, c.want); !strings.Contains(text, want) {
				t.Errorf("%s on a terminal (%t): %q is not in %q", c.flags, c.terminal, want, text)
			}
		}
	}
}

func TestATerminalIsAsWideAsOursLessThePrefix(t *testing.T) {
	const stty = "job: stty size\n"
	for _, c := range []struct{ flags, want string }{
		{"", "40 82"}, // 100 less "15:04:05 system | "
		{"--no-timestamp", "40 91"},
		{"--no-timestamp --no-prefix", "40 100"},
	} {
		s := startOnTerminal(t, stty, append([]string{"start"}, strings.Fields(c.flags)...)...)
		s.end()
		if got := s.text(); !strings.Contains(got, c.want+"\n") {
			t.Errorf("%q: got %q, want %q", c.flags, got, c.want)
		}
	}
	out, _ := superviseIn(t, stty, "start", "--pty=always").Output()
	if want := "| 24 80\n"; !strings.Contains(string(out), want) {
		t.Errorf("without a terminal of ours: got %q, want %q", out, want)
	}
}

func TestATerminalIsResizedWithOurs(t *testing.T) {
	s := startOnTerminal(t, `web: trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done
`, "start", "--no-timestamp", "--no-prefix")
	s.next("40 100\n")
	for _, size := range []unix.Winsize{{Row: 30, Col: 90}, {Row: 5, Col: 3}, {Row: 50, Col: 200}} {
		s.resize(size)
		s.next(fmt.Sprintf("%d %d\n", size.Row, max(size.Col, 20)))
	}
	s.write("\x03")
	if got := s.end(); got != "130" {
		t.Errorf("ended with %s, want 130", got)
	}
}

func TestWhatATerminalSaysIsOneStream(t *testing.T) {
	cmd := superviseIn(t, "job: child say one complain two\n", "start", "--pty=always", "--log-format=json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for records := json.NewDecoder(out); ; {
		var r struct{ Stream, Message string }
		if err := records.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if r.Stream != "system" {
			said = append(said, r.Stream+": "+r.Message)
		}
	}
	cmd.Wait()
	if got, want := fmt.Sprint(said), "[tty: one tty: two]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTheLastLinesOfACrashOnATerminalAreAllThere(t *testing.T) {
	s := startOnTerminal(t, "job: child count 5000 mutter bye die KILL\n", "start", "--no-timestamp", "--restart=never", "--color=never")
	s.end()
	var want strings.Builder
	for n := range 5000 {
		fmt.Fprintf(&want, "job.1  | %d\n", n+1)
	}
	want.WriteString("job.1  | bye\nsystem | job.1 was killed by SIGKILL")
	if !strings.Contains(s.text(), want.String()) {
		t.Errorf("the last lines are %q", s.text()[max(0, len(s.text())-300):])
	}
}

// A shell that we have put before a command ends by SIGTERM at once. Were the terminal the
// session's own, the kernel would then hang up on the command, which is not done yet.
func TestADrainOnATerminalIsNotCutShort(t *testing.T) {
	s := startOnTerminal(t, "web: true; child on HUP hung-up 1 answer TERM 300ms drained say up hold & wait\n", "start", "--timeout=5s")
	s.waitFor("up\n")
	s.write("\x03")
	s.waitFor("drained\n")
	s.cmd.Process.Signal(syscall.SIGQUIT)
	s.end()
	if got := s.text(); strings.Contains(got, "hung-up") {
		t.Errorf("got %q, want no hang-up", got)
	}
}

func TestADaemonThatHoldsATerminalHoldsUpNothing(t *testing.T) {
	dir := t.TempDir()
	s := startOnTerminal(t, "job: child daemon create "+filepath.Join(dir, "there")+" hold end say bye\n", "start", "--daemons=leave", "--restart=never")
	if got := s.end(); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	if !strings.Contains(s.text(), "bye\n") {
		t.Errorf("got %q, want bye", s.text())
	}
	for _, pid := range tagged(s.tag) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// A terminal that ends lines with CR LF would add a byte to each.
func TestTheBytesOfATerminalAreThoseThatWereWritten(t *testing.T) {
	for modes, want := range map[string]float64{"": 8, "stty opost && ": 10} {
		s := startObserved(t, "web: "+modes+"child say one say two hold\n", "--pty=always")
		s.waitFor(`supervise_output_lines_total{name="web.1",stream="tty",type="web"}`, equals(2))
		s.waitFor(`supervise_output_bytes_total{name="web.1",stream="tty",type="web"}`, equals(want))
		s.stop()
	}
}
