package output

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A rowStage is a mux with a terminal, whose readers are moved by hand: in a synctest bubble,
// where time passes when all wait, nobody may wait for a pipe.
type rowStage struct {
	*fakeTerminal
	mux *Mux
}

// onStage runs a test in a bubble.
func onStage(t *testing.T, test func(*testing.T, *rowStage)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeTerminal(40)
		sink := NewText(f, TextOptions{Terminal: true, Prefix: true, Columns: f.width})
		s := &rowStage{f, NewMux(Options{Sinks: []Sink{sink}, Quiet: []string{"quiet"}})}
		test(t, s)
	})
}

// open opens a launch that does not listen.
func (s *rowStage) open(t *testing.T, instance string) *actor {
	a := open(t, s.mux, instance, 1)
	t.Cleanup(func() {
		for _, r := range a.readers {
			r.stop()
		}
	})
	return a
}

// said has a reader carry what its stream says.
func (s *rowStage) said(t *testing.T, a *actor, text string) {
	t.Helper()
	a.say(t, text)
	if err := a.readers[0].carry(); err != nil {
		t.Fatal(err)
	}
}

// after lets time pass, and wants the terminal to look so.
func (s *rowStage) after(t *testing.T, d time.Duration, rows ...string) {
	t.Helper()
	time.Sleep(d)
	synctest.Wait()
	s.want(t, rows...)
}

func TestAnUnfinishedLineIsShownWhenItIsOldEnough(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a := s.open(t, "web.1")
		s.said(t, a, "one\nSure? ")
		s.after(t, LastRowAfter-1, "web.1  | one", "")
		s.after(t, 1, "web.1  | one", "web.1  | Sure? ")
		s.said(t, a, "yes\n")
		s.want(t, "web.1  | one", "web.1  | Sure? yes", "")
		s.after(t, time.Hour, "web.1  | one", "web.1  | Sure? yes", "")
	})
}

func TestTheLineThatBeganLastIsShown(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a, b := s.open(t, "web.1"), s.open(t, "web.2")
		s.said(t, a, "first")
		s.after(t, LastRowAfter, "web.1  | first")
		s.said(t, b, "second")
		s.after(t, LastRowAfter-1, "web.1  | first")
		s.after(t, 1, "web.2  | second")
		s.said(t, a, " goes on") // and is the older one all the same
		s.after(t, LastRowAfter, "web.2  | second")
		s.said(t, b, " ends\n")
		s.want(t, "web.2  | second ends", "")
		s.after(t, LastRowAfter, "web.2  | second ends", "web.1  | first goes on")
	})
}

// A spinner draws 20 times a second: the terminal is written to half as often at most, to one row.
func TestASpinnerIsOneLivingRow(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a := s.open(t, "web.1")
		for n := range 100 {
			s.said(t, a, "\r"+string(`|/-\`[n%4])+" working")
			time.Sleep(50 * time.Millisecond)
		}
		s.after(t, 2*LastRowAfter, `web.1  | \ working`)
		if s.writes < 33 || s.writes > 51 {
			t.Errorf("%d writes in 5 s, want at most one in %v", s.writes, LastRowAfter)
		}
	})
}

// Most of what floods ends in the middle of a line, which the next read goes on with.
func TestOfAFloodNoLineIsShownBeforeItsEnd(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a, flood := s.open(t, "web.1"), s.open(t, "web.2")
		s.said(t, a, "...")
		for range 50 {
			s.said(t, flood, "flood\nflo")
			s.said(t, flood, "od\n")
			time.Sleep(10 * time.Millisecond)
		}
		s.after(t, 0, append(s.flooded(100), "web.1  | ...")...)
		if most := 100 + 1; s.writes > most {
			t.Errorf("%d writes, want %d: one for each batch, and one for the row", s.writes, most)
		}
	})
}

func (s *rowStage) flooded(lines int) (rows []string) {
	for range lines {
		rows = append(rows, "web.2  | flood")
	}
	return rows
}

func TestWhileNothingChangesNoTimerRuns(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a := s.open(t, "web.1")
		s.said(t, a, "whole\n")
		if s.mux.row.due.Load() {
			t.Error("a timer runs though no line is unfinished")
		}
		s.said(t, a, "unfinished")
		s.after(t, LastRowAfter, "web.1  | whole", "web.1  | unfinished")
		if s.mux.row.due.Load() {
			t.Error("a timer runs though the row is as it should be")
		}
	})
}

func TestAQuietTypeHasNoLastRow(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		s.said(t, s.open(t, "quiet.1"), "hush")
		s.after(t, time.Hour, "")
	})
}

func TestTheLastRowCanBeTakenAwayForAWhile(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a := s.open(t, "web.1")
		s.said(t, a, "...")
		s.after(t, LastRowAfter, "web.1  | ...")
		s.mux.HideRow(context.Background())
		s.want(t, "")
		s.said(t, a, ".")
		s.after(t, time.Hour, "")
		s.mux.ShowRow()
		s.after(t, LastRowAfter, "web.1  | ....")
	})
}

func TestTheLastRowOfWhatIsGivenUpGoesAway(t *testing.T) {
	onStage(t, func(t *testing.T, s *rowStage) {
		a := s.open(t, "web.1")
		s.said(t, a, "...")
		s.after(t, LastRowAfter, "web.1  | ...")
		a.giveUp()
		s.after(t, LastRowAfter, "")
	})
}

func TestAClosedMuxLeavesNoLastRow(t *testing.T) {
	f := newFakeTerminal(40)
	m := newTestMux(t, NewText(f, TextOptions{Terminal: true, Prefix: true, Columns: f.width}))
	a := start(t, m, "web.1", 1)
	a.say(t, "...")
	m.Close(context.Background())
	f.want(t, "web.1  | ...", "")
	if strings.Contains(f.seen(), "lost") {
		t.Error("something was lost")
	}
}

// A terminal that takes no output, by Ctrl-S, holds up the last row as it does a line, and
// nobody who must not wait.
func TestNobodyWaitsForALastRowThatCannotBeDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blocked := make(chan struct{})
		sink := NewText(writerFunc(func(p []byte) (int, error) { <-blocked; return len(p), nil }),
			TextOptions{Terminal: true, Columns: func() int { return 40 }})
		m := NewMux(Options{Sinks: []Sink{sink}})
		s := &rowStage{mux: m}
		a := s.open(t, "web.1")
		s.said(t, a, "...")
		time.Sleep(LastRowAfter)
		synctest.Wait() // the row is being drawn
		begun := time.Now()
		brief, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		m.ShowRow()
		m.HideRow(brief)
		if loss := m.Close(brief); loss.Unread != int64(len("...")) {
			t.Errorf("Close = %+v, want 3 bytes unread", loss)
		}
		if took := time.Since(begun); took != time.Second {
			t.Errorf("HideRow and Close took %v, want the second that they have", took)
		}
		close(blocked)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
