package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dockerModes are how docker run gives PID 1 its streams.
var dockerModes = []struct {
	flags           string
	stdin, terminal bool
	read            string // what a one-off reads: read's status and the line
}{
	{"none", false, false, "1 "},
	{"-i", true, false, "0 hello"},
	{"-t", false, true, ""}, // what is typed goes nowhere
	{"-it", true, true, "0 hello"},
}

// asPID1 makes cmd the first process of a pid namespace.
func asPID1(t *testing.T) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root to make a pid namespace")
	}
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
}

func TestAOneOffAsPID1HasTheStreamsOfItsContainer(t *testing.T) {
	const script = `child terminals; read line; echo "end $? $line"`
	for _, mode := range dockerModes {
		t.Run(mode.flags, func(t *testing.T) {
			cmd := superviseIn(t, "", "run", "--", "sh", "-c", script)
			var text string
			if mode.terminal {
				s := onTerminal(t, cmd, asPID1(t))
				s.waitFor("/dev/stderr")
				if mode.stdin {
					s.write("hello\n")
				} else {
					s.cmd.Process.Signal(syscall.SIGTERM)
				}
				s.end()
				text = s.text()
			} else {
				cmd.SysProcAttr = asPID1(t)
				if mode.stdin {
					cmd.Stdin = strings.NewReader("hello\n")
				}
				out, _ := cmd.Output()
				text = string(out)
			}
			want := fmt.Sprintf("/dev/stdin %[1]t\n/dev/stdout %[1]t\n/dev/stderr %[1]t\n", mode.terminal)
			if !strings.Contains(text, want) {
				t.Errorf("got %q, want %q in it", text, want)
			}
			if mode.read != "" && !strings.Contains(text, "end "+mode.read+"\n") {
				t.Errorf("got %q, want %q at its end", text, mode.read)
			}
		})
	}
}

func TestAFormationAsPID1EndsInTimeInEveryWay(t *testing.T) {
	keyboard := []struct {
		name string
		end  func(*session)
		want string
	}{
		{"docker stop", func(s *session) { s.cmd.Process.Signal(syscall.SIGTERM) }, "0"},
		{"Ctrl-C", func(s *session) { s.write("\x03") }, "130"},
		{"Ctrl-\\", func(s *session) { s.write("\x1c") }, "131"},
		{"a closed window", func(s *session) { s.master.Close() }, "129"},
		{"Ctrl-Z, which nobody could undo, and docker stop", func(s *session) {
			s.write("\x1a")
			s.cmd.Process.Signal(syscall.SIGTERM)
		}, "0"},
	}
	for _, mode := range dockerModes {
		for _, k := range keyboard {
			if !mode.terminal && k.name != "docker stop" {
				continue
			}
			t.Run(mode.flags+" "+k.name, func(t *testing.T) {
				cmd := superviseIn(t, "web: child on TERM bye 0 daemon say up hold end hold\n", "start")
				s := startInContainer(t, cmd, mode.stdin, mode.terminal)
				s.waitFor("up\n")
				begun := time.Now()
				k.end(s)
				if got := s.end(); got != k.want {
					t.Errorf("ended with %s, want %s; the output is %q", got, k.want, s.text())
				}
				if took := time.Since(begun); took > 5*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// startInContainer starts cmd as PID 1, without a terminal with its output where a session
// has it.
func startInContainer(t *testing.T, cmd *exec.Cmd, stdin, terminal bool) *session {
	t.Helper()
	if terminal {
		return onTerminal(t, cmd, asPID1(t))
	}
	s := &session{t: t, cmd: cmd, closed: make(chan struct{})}
	cmd.SysProcAttr = asPID1(t)
	r, w, err := os.Pipe()
	if err == nil && stdin {
		_, err = cmd.StdinPipe() // open for as long as cmd runs
	}
	if err != nil {
		t.Fatal(err)
	}
	s.master, cmd.Stdout, cmd.Stderr = r, w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		io.Copy(s, r)
		close(s.closed)
	}()
	return s
}
