package output

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// onTTY starts a launch on a pseudo-terminal. Its actor has one stream.
func onTTY(t *testing.T, m *Mux, instance string, launch int) *actor {
	t.Helper()
	return onMappingTTY(t, m, instance, launch, nil)
}

// onMappingTTY does so on one whose newlines may mean a carriage return too.
func onMappingTTY(t *testing.T, m *Mux, instance string, launch int, maps func() bool) *actor {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	modes, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	modes.Oflag &^= unix.OPOST
	if err := unix.IoctlSetTermios(int(slave.Fd()), unix.TCSETS, modes); err != nil {
		t.Fatal(err)
	}
	ours := dup(t, master) // which creack/pty has taken from the poller
	master.Close()
	if err := syscall.SetNonblock(int(ours.Fd()), true); err != nil {
		t.Fatal(err)
	}
	polled := dup(t, ours)
	ours.Close()
	typ, _, _ := strings.Cut(instance, ".")
	l, err := m.OpenTerminal(Source{typ, instance}, launch, polled, slave, maps)
	if err != nil {
		t.Fatal(err)
	}
	a := &actor{Launch: l}
	stdout, stderr := l.Child()
	a.out, a.err = dup(t, stdout), dup(t, stderr)
	t.Cleanup(a.die)
	a.Forked(1000 + launch)
	a.Listen()
	return a
}

// fillUp writes until a pseudo-terminal takes no more, and returns what.
func (a *actor) fillUp(t *testing.T) string {
	t.Helper()
	fd := int(a.out.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	defer syscall.SetNonblock(fd, false)
	var written strings.Builder
	for n := 1; n > 0; {
		line := fmt.Sprintf("line at %d\n", written.Len())
		n, _ = syscall.Write(fd, []byte(line))
		written.WriteString(line[:max(n, 0)])
	}
	return written.String()
}

func TestATerminalsLastWordsComeBeforeTheExitNotice(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := onTTY(t, m, "web.1", 1)
	for n := range 500 {
		a.say(t, fmt.Sprintf("%d\n", n))
	}
	a.say(t, "last")
	a.exit()
	lines := s.wait(t, 502)
	if got, want := strings.Join(lines[499:], "\n"), "web.1 1 tty: 499\nweb.1 1 tty: last\nweb.1 1 system: web.1 exited"; got != want {
		t.Errorf("the last lines are\n%s\nwant\n%s", got, want)
	}
}

// FIONREAD tells only of a third of what a terminal holds: who went by it would say the notice
// before the rest.
func TestATerminalThatSomebodyHoldsIsReadToWhereItWasAtTheExit(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := onTTY(t, m, "web.1", 1)
	unblock := s.block(t)
	a.say(t, "first\n")
	s.stuck(m)
	written := a.fillUp(t)
	if n := fionreadOf(a.readers[0]); n >= len(written) {
		t.Fatalf("FIONREAD tells of %d bytes, want less than the %d there are: this tests nothing", n, len(written))
	}
	a.Exited(Notice{Text: "web.1 exited"})
	for a.readers[0].asked.Load() != askLastWords { // the time for last words is over
	}
	unblock()
	want := []string{"web.1 1 tty: first"}
	lines := strings.Split(written, "\n")
	for _, line := range lines[:len(lines)-1] {
		want = append(want, "web.1 1 tty: "+line)
	}
	want = append(want, "web.1 1 system: web.1 exited")
	s.want(t, want...)
	a.say(t, " and the holder's\n")
	s.want(t, append(want, "web.1 1 tty: "+lines[len(lines)-1]+" and the holder's")...)
}

func fionreadOf(r *reader) (n int) {
	r.raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), fionread) })
	return n
}

func TestEveryByteThatIsLostInATerminalIsCounted(t *testing.T) {
	s := newScreen()
	m := NewMux(Options{Sinks: []Sink{s}})
	a := onTTY(t, m, "web.1", 1)
	unblock := s.block(t)
	a.say(t, "first\n")
	s.stuck(m)
	bytes := len(a.fillUp(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if loss, want := m.Close(ctx), (Loss{Unread: int64(bytes + len("first\n"))}); loss != want {
		t.Errorf("Close = %+v, want %+v", loss, want)
	}
	unblock()
}

func TestATerminalThatNobodyOfUsHoldsIsClosedInTheEnd(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := onTTY(t, m, "web.1", 1)
	a.say(t, "unfinished")
	a.Gone()
	await(t, a.readers[0].stopped)
	s.want(t, "web.1 1 tty: unfinished")
	if _, err := a.out.WriteString("x"); err == nil {
		t.Error("the terminal is still there")
	}
}

// A failed open closes both ends: nobody else knows them.
func TestATerminalIsClosedWhereThereIsNoLaunch(t *testing.T) {
	m := newTestMux(t)
	m.Close(context.Background())
	ours, child, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.OpenTerminal(Source{"web", "web.1"}, 1, ours, child, nil); err == nil {
		t.Fatal("a closed mux opened a terminal")
	}
	if ours.Close() == nil || child.Close() == nil {
		t.Error("an end was still open")
	}
}
