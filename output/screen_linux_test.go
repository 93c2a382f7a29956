package output

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A spectator is a Screen that tests look at.
type spectator struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func newSpectator() *spectator { return &spectator{changed: make(chan struct{}, 1)} }

func (s *spectator) Show(p []byte) { s.add(string(p)) }
func (s *spectator) Say(b *Batch)  { s.add("[" + string(b.Data[:len(b.Data)-1]) + "]") }

func (s *spectator) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(text)
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *spectator) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// wants waits until this is what was shown.
func (s *spectator) wants(t *testing.T, want string) {
	t.Helper()
	for got := s.seen(); got != want; got = s.seen() {
		if !strings.HasPrefix(want, got) {
			t.Fatalf("shown is %q, want %q", got, want)
		}
		await(t, s.changed)
	}
}

func show(t *testing.T, m *Mux, s Screen, lines int) (hide func()) {
	t.Helper()
	hide, err := m.Show(t.Context(), "web.1", s, lines)
	if err != nil {
		t.Fatal(err)
	}
	return hide
}

func keeping(t *testing.T, sinks ...Sink) *Mux {
	m := NewMux(Options{Sinks: sinks, TailBytes: DefaultTail})
	t.Cleanup(func() { m.Close(context.Background()) })
	return m
}

func TestAScreenShowsTheLastLinesAndThenWhatComes(t *testing.T) {
	sink, s := newScreen(), newSpectator()
	m := keeping(t, sink)
	a := onTTY(t, m, "web.1", 1)
	a.say(t, "too old\n\x1b[31mred\x1b[6n\a\nprompt> \x1b[6n")
	sink.wait(t, 2)
	hide := show(t, m, s, 1)
	s.wants(t, "\x1b[31mred\x1b[0m\r\nprompt> \x1b[6n") // and no old question
	a.say(t, "\x1b[Kraw\r\n")
	s.wants(t, "\x1b[31mred\x1b[0m\r\nprompt> \x1b[6n\x1b[Kraw\r\n")
	hide()
	a.say(t, "later\n")
	sink.wait(t, 4)
	s.wants(t, "\x1b[31mred\x1b[0m\r\nprompt> \x1b[6n\x1b[Kraw\r\n")
}

func TestAScreenShowsAllLaunchesAndWhatIsSaidInBetween(t *testing.T) {
	sink, s := newScreen(), newSpectator()
	m := keeping(t, sink)
	first := onTTY(t, m, "web.1", 1)
	other := onTTY(t, m, "web.2", 1)
	show(t, m, s, 10)
	first.say(t, "one\n")
	sink.wait(t, 1)
	other.say(t, "not this\n")
	m.Notice(Source{"web", "web.2"}, Notice{Text: "nor this"})
	first.say(t, "last")
	first.exit()
	second := onTTY(t, m, "web.1", 2)
	second.say(t, "two\n")
	s.wants(t, "one\nlast[web.1 exited]two\n")
}

// Each half is the other's control.
func TestANewlineIsShownAsWhoWritesItMeansIt(t *testing.T) {
	sink, s := newScreen(), newSpectator()
	m := keeping(t, sink)
	var maps atomic.Bool
	a := onMappingTTY(t, m, "web.1", 1, maps.Load)
	show(t, m, s, 1)
	a.say(t, "bare\nas it is\r\n\n")
	s.wants(t, "bare\nas it is\r\n\n")
	maps.Store(true)
	a.say(t, "a\nb\r\n\nc\r")
	shown := "bare\nas it is\r\n\na\r\nb\r\n\r\nc\r"
	s.wants(t, shown)
	a.say(t, "\nd\re\n") // and a seam
	s.wants(t, shown+"\nd\re\r\n")
	sink.want(t, "web.1 1 tty: bare", "web.1 1 tty: as it is", "web.1 1 tty: ",
		"web.1 1 tty: a", "web.1 1 tty: b", "web.1 1 tty: ", "web.1 1 tty: c", "web.1 1 tty: d\re")
}

func TestAScreenThatWaitsForBlockedOutputCanGiveUp(t *testing.T) {
	sink := newScreen()
	m := keeping(t, sink)
	a := onTTY(t, m, "web.1", 1)
	unblock := sink.block(t)
	a.say(t, "first\n")
	sink.stuck(m)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Show(ctx, "web.1", newSpectator(), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Show = %v, want context.Canceled", err)
	}
	unblock()
	s := newSpectator()
	show(t, m, s, 1) // the control
	s.wants(t, "first\r\n")
}

// Screens that come at any moment see every byte once.
func TestNothingComesTwiceOrIsMissingAtTheSeamOfAScreen(t *testing.T) {
	m := keeping(t)
	a := onTTY(t, m, "web.1", 1)
	const most = 2000
	var want strings.Builder
	for n := range most {
		fmt.Fprintf(&want, "%d", n)
		if n%3 == 0 {
			want.WriteString("\n")
		}
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		for text := want.String(); len(text) > 0; {
			n := min(len(text), 1+len(text)%7)
			a.out.WriteString(text[:n])
			text = text[n:]
		}
	}()
	for range 50 {
		s := newSpectator()
		hide := show(t, m, s, most)
		<-s.changed
		hide()
		got := strings.ReplaceAll(s.seen(), "\r\n", "\n")
		if !strings.HasPrefix(want.String(), got) {
			t.Fatalf("shown is %q", got)
		}
	}
	<-written
	s := newSpectator()
	show(t, m, s, most)
	a.die()
	for !strings.HasSuffix(strings.ReplaceAll(s.seen(), "\r\n", "\n"), want.String()) {
		await(t, s.changed)
	}
}
