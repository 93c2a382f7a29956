package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// under is supervise in what a shell has prepared, with the program as $1.
func under(t *testing.T, procfile, script string, args ...string) *trial {
	t.Helper()
	s := prepare(t, procfile, args...)
	s.Args = append([]string{"sh", "-c", script, "sh", s.Path}, args...)
	s.Path = "/bin/sh"
	return s
}

// nobodys is the same for a script that becomes another user, by $as_nobody.
func nobodys(t *testing.T, procfile, script string, args ...string) *trial {
	t.Helper()
	uid := strconv.Itoa(1_000_000_000 + os.Getpid()) // whose processes are this test's alone
	setpriv := "setpriv --reuid=" + uid + " --regid=" + uid + " --clear-groups"
	need(t, "sh", "-c", setpriv+" prlimit --nproc=1000: true")
	program := build(t)
	must(t, os.Chmod(filepath.Dir(filepath.Dir(program)), 0o755))
	s := under(t, procfile, "as_nobody='"+setpriv+"'; "+script, args...)
	s.Args[4] = program
	s.Env = append(s.Env, "TMPDIR="+s.Dir, "XDG_RUNTIME_DIR=")
	must(t, os.Chmod(filepath.Dir(s.Dir), 0o755))
	must(t, os.Chmod(s.Dir, 0o777))
	must(t, os.Chmod(filepath.Join(s.Dir, "Procfile"), 0o644))
	return s
}

// limit sets a soft limit of a supervise that runs, as the user whose it is.
func (s *trial) limit(what string) {
	s.t.Helper()
	script := fmt.Sprintf(`
		uid=$(stat -c %%u /proc/%d)
		[ $uid = $(id -u) ] || as="setpriv --reuid=$uid --regid=$uid --clear-groups"
		exec $as prlimit --pid %[1]d %[2]s`, s.Process.Pid, what)
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		s.t.Fatalf("prlimit %s: %v\n%s", what, err, out)
	}
}

// inject lets the kernel refuse a system call until release.
func (s *trial) inject(call, errno string) (release func()) {
	s.t.Helper()
	need(s.t, "strace", "-e", "inject=getppid:error=EPERM", "true")
	strace := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-p", strconv.Itoa(s.Process.Pid),
		"-e", "trace="+call, "-e", "inject="+call+":error="+errno)
	must(s.t, strace.Start())
	if !within(patience, s.traced) {
		s.t.Error("strace does not get hold of it")
	}
	return func() {
		strace.Process.Signal(syscall.SIGINT) // it lets go and ends
		strace.Wait()
	}
}

// traced tells whether every thread is.
func (s *trial) traced() bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.Process.Pid))
	for _, file := range files {
		if status, _ := os.ReadFile(file); strings.Contains(string(status), "\nTracerPid:\t0\n") {
			return false
		}
	}
	return true
}

// pidsCgroup makes a cgroup with a limit of processes, of either version.
func pidsCgroup(t *testing.T) (group string) {
	t.Helper()
	for _, root := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup"} {
		group = filepath.Join(root, fmt.Sprintf("supervise-test-%d-%d", os.Getpid(), len(t.Name())))
		if os.Mkdir(group, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			if !within(patience, func() bool { return os.Remove(group) == nil }) {
				t.Errorf("%s is still there", group)
			}
		})
		if _, err := os.Stat(filepath.Join(group, "pids.max")); err == nil {
			return group
		}
	}
	t.Skip("needs a cgroup hierarchy with pids that can be written to")
	return ""
}

func set(t *testing.T, group, pids string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(group, "pids.max"), []byte(pids), 0))
}

// need skips the test where a program does not run as it should.
func need(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Skipf("needs %s: %v %s", argv, err, out)
	}
}

// look finds a program as supervise does.
func look(program string) string {
	path, _ := exec.LookPath(program)
	return path
}
