package output

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of the tests; none of them waits so long when all is well.
const patience = 20 * time.Second

// A screen is a sink that can be blocked, and that tests wait on.
type screen struct {
	mu      sync.Mutex
	blocked chan struct{} // Write waits until it is closed
	lines   []string
	changed chan struct{}
}

func newScreen() *screen {
	s := &screen{blocked: make(chan struct{}), changed: make(chan struct{})}
	close(s.blocked)
	return s
}

// block makes the next Write wait, until the function that it returns is called.
func (s *screen) block(t *testing.T) (unblock func()) {
	blocked := make(chan struct{})
	unblock = sync.OnceFunc(func() { close(blocked) })
	t.Cleanup(unblock)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked = blocked
	return unblock
}

// stuck waits until a Write of m is blocked.
func (s *screen) stuck(m *Mux) {
	for m.owed.Load() == 0 {
		runtime.Gosched()
	}
}

func (s *screen) Write(b *Batch) error {
	s.mu.Lock()
	blocked := s.blocked
	s.mu.Unlock()
	<-blocked
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range b.Lines() {
		mark := ""
		if b.Cut {
			mark = "+"
		}
		s.lines = append(s.lines, fmt.Sprintf("%s %d %s: %s%s", b.Instance, b.Launch, b.Stream, line, mark))
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// wait waits until n lines are there and returns them.
func (s *screen) wait(t *testing.T, n int) []string {
	t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		lines, changed := s.lines[:len(s.lines):len(s.lines)], s.changed
		s.mu.Unlock()
		if len(lines) >= n {
			return lines
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%d lines came, want %d: %.1000q", len(lines), n, lines)
		}
	}
}

func (s *screen) want(t *testing.T, want ...string) {
	t.Helper()
	got := s.wait(t, len(want))
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Fatalf("got\n%.2000s\nwant\n%.2000s", g, w)
	}
}

// newTestMux returns a mux that is closed, and leaves nothing behind, at the end of the test.
func newTestMux(t *testing.T, sinks ...Sink) *Mux {
	m := NewMux(Options{Sinks: sinks, TailBytes: DefaultTail})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		m.Close(ctx)
		for _, l := range m.shut() {
			for _, r := range l.readers {
				await(t, r.stopped)
			}
			await(t, l.settled)
		}
	})
	return m
}

// An actor plays the child of a launch.
type actor struct {
	*Launch
	out, err *os.File // nil after its end
}

// open opens a launch and copies its ends as a fork would.
func open(t testing.TB, m *Mux, instance string, launch int) *actor {
	t.Helper()
	typ, _, _ := strings.Cut(instance, ".")
	l, err := m.Open(Source{typ, instance}, launch)
	if err != nil {
		t.Fatal(err)
	}
	a := &actor{Launch: l}
	stdout, stderr := l.Child()
	a.out, a.err = dup(t, stdout), dup(t, stderr)
	t.Cleanup(a.die)
	return a
}

// start opens a launch and starts it.
func start(t testing.TB, m *Mux, instance string, launch int) *actor {
	t.Helper()
	a := open(t, m, instance, launch)
	a.Forked(1000 + launch)
	a.Listen()
	return a
}

func dup(t testing.TB, f *os.File) *os.File {
	t.Helper()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (a *actor) say(t *testing.T, text string) {
	t.Helper()
	if _, err := a.out.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// die closes the child's ends.
func (a *actor) die() {
	a.out.Close()
	a.err.Close()
}

// exit is a death with a notice, with nobody left behind.
func (a *actor) exit() {
	a.die()
	a.Exited(Notice{Text: fmt.Sprintf("%s exited", a.source.Instance), Event: "exited"})
	a.Gone()
}

func await(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("it did not happen in time")
	}
}

// atOnce fails if f waits for anything.
func atOnce(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	await(t, done)
}
