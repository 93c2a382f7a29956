package main

import (
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// modes are those of a terminal of a test, also when nobody has it any more.
func (s *session) modes() *unix.Termios {
	s.t.Helper()
	var modes *unix.Termios
	raw, err := s.master.SyscallConn()
	if err == nil {
		raw.Control(func(fd uintptr) { modes, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return modes
}

// freshModes are those of a terminal that nobody has touched.
func freshModes(t *testing.T) *unix.Termios {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	modes, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return modes
}

// an editor has the other screen and no cursor.
const anEditor = `web: read line; printf '\033[?1049h\033[?25l'; exec child on TERM bye 7 say open hold
other: child hold
`

// However attach ends, the terminal is as before: its modes, and what an editor has changed.
func TestTheTerminalIsAsBeforeHoweverAttachEnds(t *testing.T) {
	type end struct {
		how     func(s, a *session)
		code    string
		message string
	}
	for name, c := range map[string]end{
		"detach":             {func(_, a *session) { a.write("\x1dd") }, "0", "supervise: detached\n"},
		"SIGTERM":            {func(_, a *session) { a.cmd.Process.Signal(syscall.SIGTERM) }, "143", "\x1b[m"},
		"SIGHUP":             {func(_, a *session) { a.cmd.Process.Signal(syscall.SIGHUP) }, "129", "\x1b[m"},
		"SIGINT":             {func(_, a *session) { a.cmd.Process.Signal(syscall.SIGINT) }, "130", "\x1b[m"},
		"SIGQUIT":            {func(_, a *session) { a.cmd.Process.Signal(syscall.SIGQUIT) }, "131", "\x1b[m"},
		"a killed app":       {func(s, _ *session) { s.client("signal", "KILL", "web.1").Run() }, "137", "supervise: web.1 is failed\n"},
		"a stop":             {func(s, _ *session) { s.client("stop", "web.1").Run() }, "7", "supervise: web.1 is down\n"},
		"scaled away":        {func(s, _ *session) { s.client("scale", "web=0").Run() }, "7", "supervise: web.1 is gone\n"},
		"the end of all":     {func(s, _ *session) { s.write("\x03") }, "7", "supervise: web.1 is down\n"},
		"a killed supervise": {func(s, _ *session) { s.cmd.Process.Kill() }, "1", "supervise: supervise has ended\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startWithTerminals(t, anEditor, "other.1 started", "--restart=never")
			a := s.attach("web.1")
			a.write("\r")
			a.waitFor("open\n")
			if a.modes().Lflag&unix.ICANON != 0 {
				t.Error("the terminal is not raw while attached")
			}
			c.how(s, a)
			a.cmd.Wait()
			<-a.closed
			if got := ending(a.cmd.ProcessState); got != c.code {
				t.Errorf("ended with %s, want %s", got, c.code)
			}
			if got := a.text(); !strings.Contains(got, "\x1b[?1049l\x1b[?25h\x1b[m") || !strings.HasSuffix(got, c.message) {
				t.Errorf("the end is %q, want %q", got, c.message)
			}
			if got, want := a.modes(), freshModes(t); *got != *want {
				t.Errorf("the modes are %+v, want %+v", got, want)
			}
			a.end()
			s.master.WriteString("\x03") // if it is there
			s.end()
		})
	}
}

func TestAttachCanBeSuspendedAndResumed(t *testing.T) {
	withShells(t, "web: while read line; do child say \"got $line\"; done\n", func(t *testing.T, s *session) {
		before := s.does("stty -g")
		s.does("supervise start --pty=always >log 2>&1 & supervise wait --timeout 30s")
		s.write("supervise attach web\n")
		s.next("Ctrl-] d detaches\n")
		for _, stop := range []func(){
			func() { s.write("\x1d\x1a") },
			func() { syscall.Kill(s.attached(), syscall.SIGTSTP) },
		} {
			s.write("one\r")
			s.next("one\ngot one\n")
			stop()
			s.next(prompt)
			if after := s.does("stty -g"); after != before {
				t.Errorf("while it is suspended the modes are %q, want %q", after, before)
			}
			s.write("fg\n")
			s.next("supervise attach web\n")
		}
		s.write("two\r")
		s.next("two\ngot two\n") // once: our terminal is raw again
		s.write("\x1dd")
		s.next("detached\n")
		s.next(prompt)
		if after := s.does("stty -g"); after != before {
			t.Errorf("at the end the modes are %q, want %q", after, before)
		}
		s.does("supervise down")
	})
}

// attached is the pid of the client in a shell.
func (s *session) attached() int {
	for _, pid := range tagged(s.tag) {
		if strings.Contains(commandLines([]int{pid}), "(supervise attach ") {
			return pid
		}
	}
	return 0
}
