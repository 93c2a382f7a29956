package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// terminal launches spec on a terminal of 100 columns and 40 rows, and returns its key and
// our end.
func (s *stage) terminal(name string, spec Spec) (Key, *os.File) {
	s.Helper()
	ours, child, err := OpenTerminal()
	if err == nil {
		err = Resize(ours, 100, 40)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { ours.Close() })
	if err := ours.SetReadDeadline(time.Now().Add(patience)); err != nil {
		s.Fatal(err) // it is not in the poller
	}
	spec.Stdin, spec.Stdout, spec.Stderr = child, child, child
	k := Key{name, 1}
	s.table.Launch(k, spec)
	s.want(k, Launched)
	child.Close()
	return k, ours
}

// all reads a terminal until nobody has its other end.
func all(t *testing.T, ours *os.File) string {
	t.Helper()
	text, err := io.ReadAll(ours)
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("reading ended with %v, want EIO", err)
	}
	return string(text)
}

func TestATerminalHasItsSizeAndLinesAsTheyAreWritten(t *testing.T) {
	s := newStage(t)
	_, ours := s.terminal("web.1", s.spec("sh", "-c", `stty size; stty -a; test -t 1 && test -t 2; echo $?; read line; echo "read $line" >&2`))
	fmt.Fprintln(ours, "typed") // and its echo
	text := all(t, ours)
	for _, want := range []string{"40 100\n", " echo ", "\n-opost ", " onlcr ", "\nisig icanon ", "\n0\n", "\nread typed\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if strings.Contains(text, "\r") {
		t.Errorf("%q has a carriage return that nobody wrote", text)
	}
}

func TestWhoWritesOnATerminalSaysWhatANewlineMeans(t *testing.T) {
	s := newStage(t)
	k, ours := s.terminal("web.1", s.spec("sh", "-c", `stty -echo; echo as found; read go
		stty -onlcr; echo bare; read go; stty onlcr -opost; echo mapped; read go; stty opost -onlcr; echo bare again`))
	out := newLines(ours)
	for _, c := range []struct {
		said string
		want bool
	}{{"as found", true}, {"bare", false}, {"mapped", true}, {"bare again", false}} {
		if got := out.next(t); got != c.said {
			t.Fatalf("%q, want %q", got, c.said)
		}
		if got := MapsNewlines(ours); got != c.want {
			t.Errorf("%s: MapsNewlines = %t, want %t", c.said, got, c.want)
		}
		fmt.Fprintln(ours)
	}
	s.want(k, Exited)
	s.want(k, Gone)
	if MapsNewlines(ours) {
		t.Error("the modes are forgotten when nobody has the other end any more")
	}
	ours.Close()
	if MapsNewlines(ours) {
		t.Error("a closed terminal has modes")
	}
}

func TestTheLastWordsOfACrashAreAllThere(t *testing.T) {
	s := newStage(t)
	var want strings.Builder
	for n := range 5000 {
		fmt.Fprintln(&want, n+1)
	}
	for n := range 20 {
		k, ours := s.terminal(fmt.Sprint("web.", n), s.spec("sh", "-c", "seq 5000; kill -SEGV $$"))
		if text := all(t, ours); text != want.String() {
			t.Fatalf("%d bytes came, want %d", len(text), want.Len())
		}
		s.want(k, Exited)
		s.want(k, Gone)
	}
}

// A shell ends by SIGTERM at once. What it has started gets SIGTERM too, and nothing else.
func TestATerminalsSessionIsNotHungUpWhenItsLeaderDies(t *testing.T) {
	s := newStage(t)
	out := s.orphan(nil)
	for heard := out.next(t); heard != "user defined signal 2"; heard = out.next(t) {
		if heard != "terminated" {
			t.Errorf("what the shell has left heard %q", heard)
		}
	}
}

// The control of the test above.
func TestASessionWithAControllingTerminalIsHungUpWhenItsLeaderDies(t *testing.T) {
	s := newStage(t)
	s.orphan(&syscall.SysProcAttr{Setsid: true, Setctty: true}).find(t, "hangup")
}

// orphan stops a shell on a terminal and then asks what the shell has left to end.
func (s *stage) orphan(sys *syscall.SysProcAttr) lines {
	s.Helper()
	spec := s.spec("sh", "-c", self()+" @listen & wait")
	spec.sys = sys
	k, ours := s.terminal("web.1", spec)
	out := newLines(ours)
	out.ready(s.T)
	s.table.Signal(k, Group, syscall.SIGTERM)
	s.want(k, Exited)
	if sys == nil {
		s.table.Signal(k, All, syscall.SIGUSR2)
	}
	return out
}

func TestANewSizeIsThereForWhoIsToldOfIt(t *testing.T) {
	s := newStage(t)
	k, ours := s.terminal("web.1", s.spec("sh", "-c", `trap 'stty size; exit' WINCH; echo ready $$; while :; do read line; done`))
	out := newLines(ours)
	out.ready(t)
	if err := Resize(ours, 90, 30); err != nil {
		t.Fatal(err)
	}
	s.table.Signal(k, Group, syscall.SIGWINCH)
	if got, want := out.next(t), "30 90"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.want(k, Exited)
	s.want(k, Gone)
	ours.Close()
	if err := Resize(ours, 80, 25); err == nil {
		t.Error("a closed terminal was resized")
	}
}

func TestADaemonThatKeepsATerminalHangsNothing(t *testing.T) {
	s := newStage(t)
	spec := s.spec(role("daemon", "wait")...)
	spec.LeaveDaemons = true
	k, ours := s.terminal("web.1", spec)
	daemon := newLines(ours).ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.want(k, Exited)
	s.want(k, Gone)
	if !alive(daemon) {
		t.Error("the daemon that may stay is dead")
	}
	ours.Close()
	syscall.Kill(daemon, syscall.SIGKILL)
}

// The census of descriptors: what a thousand launches have opened is closed.
func TestTerminalsLeaveNoDescriptor(t *testing.T) {
	s := newStage(t)
	open := func() string {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(len(entries))
	}
	before := open()
	for n := range 50 {
		k, ours := s.terminal(fmt.Sprint("web.", n), s.spec("true"))
		all(t, ours)
		s.want(k, Exited)
		s.want(k, Gone)
		ours.Close()
	}
	if after := open(); after != before {
		t.Errorf("%s descriptors are open, %s were", after, before)
	}
}
