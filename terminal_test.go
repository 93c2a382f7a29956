package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
)

func TestRunHasTheTerminal(t *testing.T) {
	s := startOnTerminal(t, "", "run", "child", "terminals")
	if got := s.end(); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	const want = "/dev/stdin true\n/dev/stdout true\n/dev/stderr true\n"
	if got := s.text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCtrlCReachesWhatRuns(t *testing.T) {
	s := startOnTerminal(t, "", "run", "child", "on", "INT", "interrupted", "4", "say", "up", "hold")
	s.waitFor("up\n")
	s.write("\x03")
	if got := s.end(); got != "4" {
		t.Errorf("ended with %s, want 4", got)
	}
	if got := s.text(); !strings.HasSuffix(got, "interrupted\n") {
		t.Errorf("got %q, want \"interrupted\" at its end", got)
	}
}

// The keyboard's SIGINT goes to everybody in the foreground group, but instances are not
// in it: they are asked to stop as SIGTERM asks, once.
func TestCtrlCStopsTheFormation(t *testing.T) {
	s := startOnTerminal(t, "web: child on INT wrong 1 on TERM bye 0 say up hold\n", "start")
	s.waitFor("up\n")
	s.write("\x03")
	if got := s.end(); got != "130" {
		t.Errorf("ended with %s, want 130", got)
	}
	if got := s.text(); !strings.Contains(got, " bye\n") || strings.Contains(got, "wrong") {
		t.Errorf("got %q, want \"bye\" and not \"wrong\"", got)
	}
}

// On a terminal prefixes are coloured, and no instance can do more than colour.
func TestInstancesCannotTouchTheTerminal(t *testing.T) {
	s := startOnTerminal(t, "job: printf '\\033[2J\\033[31mred\\033[0m\\a\\n'\n", "start", "--no-timestamp")
	if got := s.end(); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	if got, want := s.text(), "|\x1b[0m \x1b[31mred\x1b[0m"; !strings.Contains(got, want) || strings.Contains(got, "\x1b[2J") {
		t.Errorf("got %q, want it to contain %q and no ESC [2J", got, want)
	}
}

// session is supervise on a terminal of its own.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	closed chan struct{}

	mu     sync.Mutex
	output bytes.Buffer
}

func startOnTerminal(t *testing.T, procfile string, args ...string) *session {
	t.Helper()
	s := &session{t: t, cmd: superviseIn(t, procfile, args...), closed: make(chan struct{})}
	s.cmd.Env = append(s.cmd.Env, "TERM=xterm-256color")
	var err error
	if s.master, err = pty.Start(s.cmd); err != nil {
		t.Fatal(err)
	}
	go func() {
		io.Copy(s, s.master) // until EIO, when nobody has the terminal any more
		close(s.closed)
	}()
	return s
}

// superviseIn prepares supervise in a folder with this Procfile, "" is none. After the
// test a census finds out that nothing is left of it.
func superviseIn(t *testing.T, procfile string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("supervise", args...)
	cmd.Dir = t.TempDir()
	if procfile != "" {
		if err := os.WriteFile(filepath.Join(cmd.Dir, "Procfile"), []byte(procfile), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tag := "WORK=" + cmd.Dir
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "SUPERVISE_NO_PORT=true", tag)
	t.Cleanup(func() { census(t, tag) })
	return cmd
}

// Write takes what appears on the terminal.
func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.Write(p)
}

// text is what has appeared so far, with line ends as programs write them.
func (s *session) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ReplaceAll(s.output.String(), "\r\n", "\n")
}

func (s *session) waitFor(text string) {
	s.t.Helper()
	if !within(patience, func() bool { return strings.Contains(s.text(), text) }) {
		s.cmd.Process.Kill()
		s.t.Fatalf("%q did not appear, but %q", text, s.text())
	}
}

// write types at the keyboard.
func (s *session) write(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// end waits for the end, and for all that is still on its way to the terminal.
func (s *session) end() string {
	s.cmd.Wait() // how it ended is in its ProcessState
	<-s.closed
	s.master.Close()
	return ending(s.cmd.ProcessState)
}
