package output

import (
	"strings"
	"testing"
	"time"
)

func TestLastWordsComeBeforeTheExitNotice(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := open(t, m, "web.1", 1)
	a.say(t, strings.Repeat("word\n", 10000)+"last")
	m.Notice(Source{"web", "web.1"}, Notice{Text: "a notice that does not wait"})
	a.Forked(7)
	a.Listen()
	a.exit()
	lines := s.wait(t, 10003)
	if got, want := lines[0], "web.1 1 system: a notice that does not wait"; got != want {
		t.Errorf("the first line is %q, want %q", got, want)
	}
	if got, want := strings.Join(lines[10001:], "\n"), "web.1 1 stdout: last\nweb.1 1 system: web.1 exited"; got != want {
		t.Errorf("the last lines are\n%s\nwant\n%s", got, want)
	}
}

func TestAnExitNoticeDoesNotWaitForGrandchildren(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := start(t, m, "web.1", 1)
	a.say(t, "last words\n")
	begun := time.Now()
	a.Exited(Notice{Text: "web.1 exited"})
	s.want(t, "web.1 1 stdout: last words", "web.1 1 system: web.1 exited")
	if took := time.Since(begun); took < LastWords {
		t.Errorf("the notice came after %v, though the stream was open for %v", took, LastWords)
	}
	a.say(t, "grandchild\n")
	s.want(t, "web.1 1 stdout: last words", "web.1 1 system: web.1 exited", "web.1 1 stdout: grandchild")
}

func TestTheNextLaunchFollowsTheNoticeOfTheOneBefore(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	first, second := start(t, m, "web.1", 1), start(t, m, "web.1", 2)
	second.say(t, "two\n")
	other := start(t, m, "web.2", 1)
	other.say(t, "other\n") // is not held up: nothing else is why two has not come yet
	s.want(t, "web.2 1 stdout: other")
	first.say(t, "one\n")
	first.exit()
	second.exit()
	m.Notice(second.source, Notice{Text: "web.1 starts again"})
	s.want(t, "web.2 1 stdout: other",
		"web.1 1 stdout: one", "web.1 1 system: web.1 exited",
		"web.1 2 stdout: two", "web.1 2 system: web.1 exited", "web.1 2 system: web.1 starts again")
}

// A cause comes before what follows from it, even if last words are waited for.
func TestNoticesAreSaidInTheOrderInWhichTheyCome(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	job, web := start(t, m, "job.1", 1), start(t, m, "web.1", 1)
	job.Exited(Notice{Text: "job.1 exited"}) // and a grandchild holds its output
	m.Notice(Source{}, Notice{Text: "stopping"})
	web.exit()
	next := open(t, m, "worker.1", 1)
	m.Notice(next.source, Notice{Text: "worker.1 started"})
	next.Forked(1003)
	next.Listen()
	next.say(t, "hello\n")
	s.want(t, "job.1 1 system: job.1 exited", " 0 system: stopping", "web.1 1 system: web.1 exited",
		"worker.1 1 system: worker.1 started", "worker.1 1 stdout: hello")
}

func TestAnInstanceWithoutAForkIsOver(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	open(t, m, "web.1", 1).Failed()
	second := start(t, m, "web.1", 2)
	second.say(t, "two\n")
	s.want(t, "web.1 2 stdout: two")
}

func TestAStreamThatNobodyOfUsHoldsIsClosedInTheEnd(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := start(t, m, "web.1", 1)
	a.say(t, "unfinished")
	begun := time.Now()
	a.Gone()
	for _, r := range a.readers {
		await(t, r.stopped)
	}
	if took := time.Since(begun); took < Leftover {
		t.Errorf("the stream was closed after %v, want %v", took, Leftover)
	}
	s.want(t, "web.1 1 stdout: unfinished")
	if _, err := a.out.WriteString("x"); err == nil {
		t.Error("the stream is still open")
	}
}
