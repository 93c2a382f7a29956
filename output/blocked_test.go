package output

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// crash is one launch of an instance, with its last words. It returns the bytes of its
// records.
func crash(t *testing.T, m *Mux, launch int, words string) int {
	a := start(t, m, "web.1", launch)
	a.say(t, words)
	a.exit()
	return len(words) + len("web.1 exited\n")
}

func TestNothingThatDecidesWaitsWhileTheOutputIsBlocked(t *testing.T) {
	r, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	fd := int32(stdout.Fd()) // also makes it blocking
	m := NewMux(Options{Sinks: []Sink{NewText(stdout, TextOptions{})}})
	flood := start(t, m, "flood.1", 1)
	flooded := make(chan int, 1)
	go func() { n, _ := io.Copy(flood.out, endless{}); flooded <- int(n) }()
	for n := 1; n != 0; { // until the pipe is full that nobody reads
		n, _ = unix.Poll([]unix.PollFd{{Fd: fd, Events: unix.POLLOUT}}, 0)
	}
	written := 0
	atOnce(t, func() {
		for launch := range 20 {
			written += crash(t, m, launch+1, "going down\n")
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var loss Loss
	atOnce(t, func() { loss = m.Close(ctx) })
	missing := written - bytesOf(t, r, "going down\n", "web.1 exited\n") // into the pipe's last page, before the flood filled it
	r.Close()                                                            // lets the writer go, and the flood
	<-flooded
	if loss.Unread < int64(missing) || loss.Refused != 0 {
		t.Errorf("Close = %+v, want at least %d of the %d bytes of web.1 unread", loss, missing, written)
	}
}

// bytesOf counts how many of the bytes that are in a pipe now are these lines.
func bytesOf(t *testing.T, r *os.File, lines ...string) (n int) {
	t.Helper()
	size, err := unix.IoctlGetInt(int(r.Fd()), fionread)
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(r, content); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		n += len(line) * bytes.Count(content, []byte(line))
	}
	return n
}

// endless is a program that floods.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "flood\n"), nil }

func TestEveryByteThatIsLostToABlockedOutputIsCounted(t *testing.T) {
	s := newScreen()
	m := NewMux(Options{Sinks: []Sink{s}})
	half, stuck := start(t, m, "web.2", 1), start(t, m, "web.3", 1)
	half.say(t, "whole\nhalf")
	s.want(t, "web.2 1 stdout: whole")
	unblock := s.block(t)
	stuck.say(t, "stuck\n")
	s.stuck(m)
	half.say(t, " and half")
	written := len("stuck\nhalf and half")
	for launch := range 10 {
		written += crash(t, m, launch+1, "going down\n")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if loss := m.Close(ctx); loss != (Loss{Unread: int64(written)}) {
		t.Errorf("Close = %+v, want %d bytes unread", loss, written)
	}
	unblock()
}

func TestABlockedOutputLosesOnlyWhatIsOlderThanOneLaunchAndSaysSo(t *testing.T) {
	s := newScreen()
	unblock := s.block(t)
	m := newTestMux(t, s)
	go m.Notice(Source{}, Notice{Text: "blocked"})
	s.stuck(m)
	for launch := range 3 {
		crash(t, m, launch+1, "going down\n")
	}
	crash(t, m, 4, "")
	crash(t, m, 5, "five\n")
	unblock()
	s.want(t, " 0 system: blocked",
		"web.1 0 system: web.1 lost 72 bytes of output while nothing could be written",
		"web.1 4 system: web.1 exited", "web.1 5 stdout: five", "web.1 5 system: web.1 exited")
}

func TestNothingIsLostWhileTheOutputIsBlockedForAWhile(t *testing.T) {
	s := newScreen()
	unblock := s.block(t)
	m := newTestMux(t, s)
	first := start(t, m, "web.1", 1)
	first.say(t, strings.Repeat("word\n", 10000))
	first.exit()
	second := start(t, m, "web.1", 2)
	second.say(t, "two\n")
	for _, r := range first.readers { // as if LastWords and Leftover had passed long ago
		r.ask(askLastWords)
		r.ask(askEnd)
	}
	unblock()
	lines := s.wait(t, 10002)
	if got, want := strings.Join(lines[9999:], "\n"), "web.1 1 stdout: word\nweb.1 1 system: web.1 exited\nweb.1 2 stdout: two"; got != want {
		t.Errorf("the last lines are\n%s\nwant\n%s", got, want)
	}
}
