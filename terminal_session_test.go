package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// session is a program on a terminal of its own, of 100 columns and 40 rows.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	tag    string        // in the environment of all that it starts
	closed chan struct{} // when nobody has the terminal any more

	mu     sync.Mutex
	output bytes.Buffer
	seen   int // what next has found ends here
}

func startOnTerminal(t *testing.T, procfile string, args ...string) *session {
	t.Helper()
	return onTerminal(t, superviseIn(t, procfile, args...), nil)
}

// onTerminal starts cmd as the first of a terminal's session.
func onTerminal(t *testing.T, cmd *exec.Cmd, attr *syscall.SysProcAttr) *session {
	t.Helper()
	s := &session{t: t, cmd: cmd, tag: "WORK=" + cmd.Dir, closed: make(chan struct{})}
	s.cmd.Env = append(s.cmd.Env, "TERM=xterm-256color")
	if attr == nil {
		attr = &syscall.SysProcAttr{}
	}
	attr.Setsid, attr.Setctty = true, true
	master, err := pty.StartWithAttrs(s.cmd, &pty.Winsize{Cols: 100, Rows: 40}, attr)
	if err != nil {
		t.Fatal(err)
	}
	s.master = polled(t, master)
	go func() {
		io.Copy(s, s.master) // until EIO, when nobody has the terminal any more
		close(s.closed)
	}()
	return s
}

// polled gives a file to the runtime's poller, so that Close does not wait for Read.
func polled(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// superviseIn prepares supervise in a folder with this Procfile, "" is none. After the
// test a census finds out that nothing is left of it.
func superviseIn(t *testing.T, procfile string, args ...string) *exec.Cmd {
	t.Helper()
	return commandIn(t, procfile, "supervise", args...)
}

// commandIn prepares any program in such a folder.
func commandIn(t *testing.T, procfile, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
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

// next waits for text behind what it has found before, and returns what stands between.
func (s *session) next(text string) (between string) {
	s.t.Helper()
	found := within(patience, func() bool {
		after := s.text()
		i := strings.Index(after[min(s.seen, len(after)):], text)
		if i >= 0 {
			between = after[s.seen : s.seen+i]
			s.seen += i + len(text)
		}
		return i >= 0
	})
	if !found {
		s.cmd.Process.Kill()
		s.t.Fatalf("%q did not appear again, but %q", text, s.text()[s.seen:])
	}
	return between
}

// write types at the keyboard.
func (s *session) write(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// resize gives the terminal another size.
func (s *session) resize(size unix.Winsize) {
	s.t.Helper()
	raw, err := s.master.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &size) })
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// end waits for the end, and for all that is still on its way to the terminal.
func (s *session) end() string {
	s.t.Helper()
	late := time.AfterFunc(patience, func() {
		s.t.Errorf("it does not end, the terminal has %q", s.text())
		s.cmd.Process.Kill()
		s.master.Close()
	})
	s.cmd.Wait() // how it ended is in its ProcessState
	<-s.closed
	late.Stop()
	s.master.Close()
	return ending(s.cmd.ProcessState)
}
