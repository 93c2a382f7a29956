package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// steps is an app that shows at each SIGUSR1 that it goes on.
const steps = "web: trap 'echo step; echo step >>steps' USR1; echo up; echo >ready; while :; do sleep 1 & wait $!; done\n"

// step has the app go on a step.
func (s *trial) step() {
	s.t.Helper()
	must(s.t, os.WriteFile(filepath.Join(s.Dir, "steps"), nil, 0o600))
	if _, err := s.ask("signal", "USR1", "web"); err != nil {
		s.t.Fatal(err)
	}
	s.waitForFile("steps", "step\n")
}

func (s *trial) waitForFile(name, text string) {
	s.t.Helper()
	read := func() string { content, _ := os.ReadFile(filepath.Join(s.Dir, name)); return string(content) }
	if !within(patience, func() bool { return strings.Contains(read(), text) }) {
		s.t.Fatalf("%s has %q, want %q in it:\n%s", name, read(), text, s.said())
	}
}

// Whoever reads our output may go away: the app does not, and the end is as it would be.
func TestAReaderThatGoesAwayEndsTheOutputAndNotTheApp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		open  func(*testing.T, string) (leave func())
		leave bool
		says  string
	}{
		{"a pipe's", openPipe, true, "supervise: warning: the output ends, the instances go on: write /dev/stdout: broken pipe\n"},
		{"a terminal's", openTerminal, true, "supervise: warning: the output ends, the instances go on: write /dev/stdout: input/output error\n"},
		{"the control: it stays", openPipe, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := under(t, steps, `exec "$@" >out`, "start", "--pty", "never", "--no-timestamp")
			leave := tt.open(t, filepath.Join(s.Dir, "out"))
			s.start()
			s.waitForFile("ready", "\n")
			if tt.leave {
				leave()
			} else {
				defer leave()
			}
			s.step()
			if tt.leave {
				s.waitForLines(tt.says, 1)
			}
			s.step()
			s.send(syscall.SIGTERM)
			s.end("0")
			if got := string(s.said()); !strings.HasPrefix(got, tt.says) || tt.says == "" && got != "" {
				t.Errorf("it says %q, want %q", got, tt.says)
			}
		})
	}
}

func openPipe(t *testing.T, path string) (leave func()) {
	must(t, syscall.Mkfifo(path, 0o600))
	out, err := os.OpenFile(path, os.O_RDWR, 0) // does not wait for a writer
	must(t, err)
	return func() { out.Close() }
}

func openTerminal(t *testing.T, path string) (leave func()) {
	master, slave, err := pty.Open()
	must(t, err)
	must(t, os.Symlink(slave.Name(), path))
	return func() { slave.Close(); master.Close() }
}

// A log on a full disk costs lines, not the app; when there is room again it goes on.
func TestAFullDiskCostsLinesAlone(t *testing.T) {
	need(t, "unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt")
	for _, full := range []bool{true, false} {
		t.Run(fmt.Sprintf("full: %t", full), func(t *testing.T) {
			s := under(t, steps, `mkdir disk; mount -t tmpfs -o size=64k none disk
				`+fmt.Sprint(full)+` && cat /dev/zero 2>/dev/null >disk/filler; exec "$@" >disk/out`, "start")
			s.Args = append([]string{"unshare", "-m"}, s.Args...)
			s.Path = look("unshare")
			s.start()
			s.waitForFile("ready", "\n")
			s.step()
			disk := fmt.Sprintf("../../../../proc/%d/root%s/disk/", s.Process.Pid, s.Dir)
			if full {
				must(t, os.Remove(filepath.Join(s.Dir, disk, "filler")))
			}
			s.step()
			s.waitForFile(disk+"out", "| step\n")
			out, err := os.ReadFile(filepath.Join(s.Dir, disk, "out"))
			must(t, err)
			if told := strings.Contains(string(out), " bytes of output were lost: no space was left\n"); told != full {
				t.Errorf("the log says of lost bytes: %t, want %t:\n%s", told, full, out)
			}
			s.send(syscall.SIGTERM)
			s.end("0")
			for _, line := range []string{
				"output is lost until there is space again, the instances go on: write /dev/stdout: no space left on device",
				"bytes because standard output was gone or full",
			} {
				if told := s.lines(line) > 0; told != full {
					t.Errorf("it says %q: %t, want %t:\n%s", line, told, full, s.said())
				}
			}
		})
	}
}

// Descriptors 0 to 2 are nobody else's, even if nobody has opened them for us.
func TestClosedStandardStreamsAreNobodys(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("there is no /proc")
	}
	s := under(t, steps, `exec "$@" <&- >&- 2>&-`, "start")
	s.start()
	s.waitForFile("ready", "\n")
	if got, want := streams(s.Process.Pid), []string{"/dev/null", "/dev/null", "/dev/null"}; !slices.Equal(got, want) {
		t.Errorf("its streams are %q, want %q", got, want)
	}
	for _, file := range streams(s.instance("web.1").PID) {
		if !strings.HasPrefix(file, "pipe:") {
			t.Errorf("a stream of the app's is %s, want a pipe", file)
		}
	}
	s.step()
	s.send(syscall.SIGTERM)
	s.end("0")

	// The control: for others they stay closed.
	cmd := exec.Command("sh", "-c", "exec sleep 1000 <&- >&- 2>&-")
	must(t, cmd.Start())
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if !within(patience, func() bool { return slices.Equal(streams(cmd.Process.Pid), []string{"", "", ""}) }) {
		t.Errorf("its streams are %q, want none", streams(cmd.Process.Pid))
	}
}

// streams are the files that a process has as its standard streams.
func streams(pid int) (files []string) {
	for fd := range 3 {
		file, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
		files = append(files, file)
	}
	return files
}
