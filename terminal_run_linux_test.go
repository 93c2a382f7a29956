package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Programs of the keyboard, as their users have them.
func TestRunIsExactlyTheProgramOnTheTerminal(t *testing.T) {
	for _, c := range []struct {
		name  string
		argv  []string
		drive func(*session)
		end   string
		file  string // what "text" holds then
	}{
		{"vi", []string{"vi", "-u", "NONE", "-n", "text"}, func(s *session) {
			s.waitFor("one line")
			s.write("ggOnew\x1b:wq\r")
		}, "0", "new\none line\n"},
		{"less", []string{"less", "text"}, func(s *session) {
			s.waitFor("one line")
			s.write("q")
		}, "0", "one line\n"},
		{"a Python prompt", []string{"python3", "-q"}, func(s *session) {
			s.next(">>> ")
			s.write("print(6 * 7)\r")
			s.next("42\n")
			s.next(">>> ") // before that it throws away what is typed
			s.write("\x03")
			s.next("KeyboardInterrupt")
			s.next(">>> ")
			s.write("raise SystemExit(3)\r")
		}, "3", "one line\n"},
		{"a line from the keyboard", []string{"sh", "-c", `read line; echo "read $line"; stty -echo; read line; stty echo; echo "read $line"`}, func(s *session) {
			s.write("hello\n")
			s.waitFor("read hello\n")
			s.write("secret\n")
			s.waitFor("read secret\n")
		}, "0", "one line\n"},
		{"end of file", []string{"cat"}, func(s *session) { s.write("a\n\x04") }, "0", "one line\n"},
		{"Ctrl-C", []string{"sleep", "1000"}, func(s *session) { s.write("\x03") }, "SIGINT", "one line\n"},
		{"Ctrl-\\", []string{"sleep", "1000"}, func(s *session) { s.write("\x1c") }, "SIGQUIT", "one line\n"},
	} {
		for _, by := range []string{"", "supervise"} {
			t.Run(c.name+" "+by, func(t *testing.T) {
				argv := c.argv
				if by != "" {
					argv = append([]string{by, "run", "--"}, argv...)
				}
				cmd := commandIn(t, "", argv[0], argv[1:]...)
				if cmd.Err != nil {
					t.Skip(cmd.Err)
				}
				file := filepath.Join(cmd.Dir, "text")
				if err := os.WriteFile(file, []byte("one line\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				s := onTerminal(t, cmd, nil)
				if strings.HasPrefix(c.name, "Ctrl") {
					s.becomes("sleep")
				}
				c.drive(s)
				if got := s.end(); got != c.end {
					t.Errorf("ended with %s, want %s; the terminal has %q", got, c.end, s.text())
				}
				if text, err := os.ReadFile(file); string(text) != c.file {
					t.Errorf("the file has %q, %v, want %q", text, err, c.file)
				}
			})
		}
	}
}

// becomes waits until the program is another one.
func (s *session) becomes(name string) {
	s.t.Helper()
	comm := fmt.Sprintf("/proc/%d/comm", s.cmd.Process.Pid)
	if !within(patience, func() bool { is, _ := os.ReadFile(comm); return string(is) == name+"\n" }) {
		s.t.Fatalf("it is not %s", name)
	}
}

// What a program can find out of its terminal is what it would without run.
func TestRunChangesNothingThatAProgramCanSee(t *testing.T) {
	const look = `stty -a; tty; ls -l /proc/self/fd | sed 's/.*->//' | sort -u | grep -v /proc/; ps -o pgid=,sid=,tpgid= -p $$ | tr -s ' ' '\n' | sort -u | grep -c .; grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -a; umask; pwd -P >/dev/null && echo $#`
	number := regexp.MustCompile(`/dev/pts/\d+|pipe:\[\d+\]`)
	see := func(argv ...string) string {
		s := onTerminal(t, commandIn(t, "", argv[0], argv[1:]...), nil)
		s.end()
		return number.ReplaceAllString(s.text(), "N")
	}
	plain := see("sh", "-c", look)
	if run := see("supervise", "run", "--", "sh", "-c", look); run != plain || !strings.Contains(plain, "speed") {
		t.Errorf("under run:\n%s\nwithout:\n%s", run, plain)
	}
}

// A job is the shell's also when run has become it: Ctrl-Z, fg and Ctrl-C act on the command.
func TestRunIsAJobOfTheShell(t *testing.T) {
	withShells(t, "", func(t *testing.T, s *session) {
		s.write("supervise run child say be''gun hold\n")
		s.next("begun\n")
		for range 2 {
			s.write("\x1a")
			s.next(prompt)
			s.stopped(true)
			s.write("fg\n")
			s.stopped(false)
		}
		s.write("\x03")
		s.next(prompt)
		if got := s.does("echo co''de=$?"); got != "code=130\n" {
			t.Errorf("the shell says %q, want code=130", got)
		}
	})
}

// A shell under run has job control of its own.
func TestAShellUnderRunHasJobControl(t *testing.T) {
	for name, argv := range shells {
		t.Run(name, func(t *testing.T) {
			cmd := superviseIn(t, "", append([]string{"run", "--"}, argv...)...)
			cmd.Env = append(cmd.Env, "PS1="+prompt, "ENV=", "HISTFILE=")
			s := onTerminal(t, cmd, nil)
			s.next(prompt)
			s.write("child say be''gun hold\n")
			s.next("begun\n")
			s.write("\x1a")
			s.next(prompt)
			s.stopped(true)
			s.write("fg\n")
			s.stopped(false)
			s.write("\x03")
			s.next(prompt)
			s.write("exit 7\n")
			if got := s.end(); got != "7" {
				t.Errorf("ended with %s, want 7; the terminal has %q", got, s.text())
			}
		})
	}
}
