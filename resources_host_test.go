package main

import (
	"strings"
	"syscall"
	"testing"
)

const blind = "| warning: a process that leaves its instance's session cannot be followed: /proc is missing or is not of our pid namespace\n"

// departs has a child in its group, and one that leaves the session before it is up.
const departs = `web: sleep 1000 & setsid sh -c "echo >left; exec sleep 1000" & trap 'echo bye; exit 0' TERM
worker: until [ -s left ]; do sleep 0.05; done; echo all up; sleep 1000
`

// Without /proc only groups are followed, which is said; a hidden one shows us our own.
func TestMissingAndHiddenProc(t *testing.T) {
	need(t, "unshare", "-m", "mount", "-t", "proc", "-o", "hidepid=invisible", "proc", "/proc")
	for _, tt := range []struct {
		name, script string
		left         int
	}{
		{"missing", `umount -l /proc; exec "$@"`, 1},
		{"hidden", `mount -t proc -o hidepid=invisible proc /proc; exec $as_nobody "$@"`, 0},
		{"the control: as usual", `exec "$@"`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			procfile := strings.ReplaceAll(departs, "exit 0' TERM\n", "exit 0' TERM; while :; do sleep 1 & wait $!; done\n")
			s := nobodys(t, procfile, tt.script, "start", "--no-timestamp")
			s.Args = append([]string{"unshare", "-m"}, s.Args...)
			s.Path = look("unshare")
			s.start()
			s.waitForLines("| all up", 1)
			s.send(syscall.SIGTERM)
			s.end("0")
			if said, want := s.lines(blind), tt.left; said != want {
				t.Errorf("it warns %d times, want %d:\n%s", said, want, s.said())
			}
			if s.lines("| bye") != 1 {
				t.Errorf("web was not asked to stop:\n%s", s.said())
			}
			left := tagged(s.tag())
			if len(left) != tt.left {
				t.Errorf("left behind: %s, want %d", commandLines(left), tt.left)
			}
			for _, pid := range left {
				syscall.Kill(pid, syscall.SIGKILL)
			}
		})
	}
}

// Where no folder can be written to, and no home is known, the control socket has a name and
// no file, and clients find it.
func TestNothingNeedsToBeWritten(t *testing.T) {
	need(t, "unshare", "-m", "mount", "-t", "tmpfs", "none", "/run")
	for _, tt := range []struct{ name, script, socket string }{
		{"read-only", `mount -t tmpfs -o ro none /run; mount --bind . .; mount -o remount,bind,ro . && cd "$PWD"`, "@supervise-"},
		{"full", `mount -t tmpfs -o nr_inodes=1 none /run`, "@supervise-"},
		{"the control: there is room", `mount -t tmpfs none /run`, "/run/supervise-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := under(t, "web: echo socket $SUPERVISE_SOCKET; exec sleep 1000\n",
				tt.script+`; unset HOME XDG_RUNTIME_DIR; export TMPDIR=/run
				(until "$1" wait --timeout 10s web; do sleep 0.1; done; "$1" ps >&2) &
				exec "$@"`, "start")
			s.Args = append([]string{"unshare", "-m"}, s.Args...)
			s.Path = look("unshare")
			s.start()
			s.waitForLines("| socket "+tt.socket, 1)
			s.waitForLines("\nweb.1     up ", 1)
			s.send(syscall.SIGTERM)
			s.end("0")
		})
	}
}

// A container has terminals of its own, and may have few.
func TestAShortageOfPseudoTerminalsPasses(t *testing.T) {
	need(t, "unshare", "-m", "mount", "-t", "devpts", "-o", "newinstance,max=2", "devpts", "/dev/pts")
	s := under(t, "web: exec sleep 1000\n",
		`mount -t devpts -o newinstance,ptmxmode=666,max=2 devpts /dev/pts; mount --bind /dev/pts/ptmx /dev/ptmx; exec "$@"`,
		"start", "web=3", "--pty=always", "--no-timestamp")
	s.Args = append([]string{"unshare", "-m"}, s.Args...)
	s.Path = look("unshare")
	s.start()
	s.waitForLines("system | web.3 cannot be launched: cannot open a pseudo-terminal: open /dev/ptmx: no space left on device (--pty never does without): the limit is 2 (max of the file system /dev/pts), trying again in 0.1s\n", 1)
	if out, err := s.ask("stop", "web.1"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.waitForLines("system | web.3 started", 1)
	s.send(syscall.SIGTERM)
	s.end("0")
}
