package process

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestAProcessIsReadWhateverItsName(t *testing.T) {
	const rest = " S 1 2 3 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 4 0 12345 999"
	want := process{pid: 42, parent: 1, group: 2, session: 3, state: 'S', threads: 4, start: 12345}
	for _, name := range []string{"sh", "", " ", "a b", "a) Z 1 (b", "((", "))", "\n", "\xff\xfe"} {
		want.command = name
		got, ok := parseStat([]byte("42 (" + name + ")" + rest))
		if !ok || got != want {
			t.Errorf("parseStat with the name %q = %+v, %t, want %+v", name, got, ok, want)
		}
	}
	for _, line := range []string{"", "42", "42 (sh", "42 sh) S 1", "(sh) S", "42 (sh) S 1 2 3", "x (sh)" + rest} {
		if got, ok := parseStat([]byte(line)); ok {
			t.Errorf("parseStat(%q) = %+v, want nothing", line, got)
		}
	}
}

func FuzzAnyLineIsReadWithoutHarm(f *testing.F) {
	f.Add([]byte("42 (a) b) S 1 2 3 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 4 0 12345 999"))
	f.Add([]byte("() "))
	f.Fuzz(func(t *testing.T, line []byte) {
		if p, ok := parseStat(line); ok && p.pid <= 0 {
			t.Errorf("%q: pid %d, want a positive one", line, p.pid)
		}
	})
}

func TestAnIDIsFoundAtTheEndOfALargeEnvironment(t *testing.T) {
	env := []string{newTag(t)}
	for len(env) < 1000 {
		env = append(env, "PADDING="+strings.Repeat("x", 100))
	}
	pid := fork([]string{"/bin/sleep", "1000"}, &syscall.SysProcAttr{}, append(env, "SUPERVISE_ID=here", "Z=z"))
	l := newLister()
	defer l.close()
	id, n := l.id(pid)
	for n == unborn { // the kernel has let go of us and is still at it
		id, n = l.id(pid)
	}
	if id != "here" || n != named {
		t.Errorf("id = %q, %d, want %q, %d", id, n, "here", named)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	for peek() != pid {
	}
	if id, n := l.id(pid); id != "" || n != nameless {
		t.Errorf("id of a zombie = %q, %d, want none", id, n)
	}
	syscall.Wait4(pid, nil, 0, nil)
	if id, n := l.id(pid); id != "" || n != nameless {
		t.Errorf("id of nobody = %q, %d, want none", id, n)
	}
}

func TestAZombieIsNotAliveUnlessItHasThreads(t *testing.T) {
	for _, tt := range []struct {
		p    process
		want bool
	}{
		{process{state: 'S', threads: 1}, true},
		{process{state: 'D', threads: 1}, true},
		{process{state: 'T', threads: 1}, true},
		{process{state: 'Z', threads: 1}, false},
		{process{state: 'X', threads: 0}, false},
		{process{state: 'Z', threads: 2}, true}, // its first thread has ended
	} {
		if got := tt.p.alive(); got != tt.want {
			t.Errorf("a process in %c with %d threads is alive: %t, want %t", tt.p.state, tt.p.threads, got, tt.want)
		}
	}
}

func TestTheGroupIsSignalledWhileTheZombiePinsItsNumber(t *testing.T) {
	pid := fork([]string{"/bin/sh", "-c", "kill -KILL $$"}, &syscall.SysProcAttr{Setsid: true}, os.Environ())
	var called bool
	var got int
	var ws syscall.WaitStatus
	for got != pid { // orphans of other tests may come before it
		got, ws, _ = nextDeath(func(n int) {
			p, _ := read(n)
			called = n == pid && p.state == 'Z' && groupExists(n)
		})
	}
	if want := (Status{Signal: syscall.SIGKILL}); statusOf(ws) != want {
		t.Errorf("it %v, want %v", statusOf(ws), want)
	}
	if !called || groupExists(pid) {
		t.Errorf("the zombie was there before the reaping: %t, and after it: %t; want true, false", called, groupExists(pid))
	}
}
