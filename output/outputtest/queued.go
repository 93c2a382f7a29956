package outputtest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"supervise/output"
)

// TestQueued is the suite of sinks that nobody may wait for, whatever becomes of what is behind
// them. Open returns one that hands on to end, with a queue of limit bytes, and a function that
// returns how many lines it has lost in all, when it has handed on what it can.
func TestQueued(t *testing.T, open func(t *testing.T, end output.Sink, limit int) (sink output.Sink, finish func() (lost int))) {
	const limit, each, batches = 64 << 10, 100, 100
	flood := func(t *testing.T, sink output.Sink) {
		for range batches {
			write(t, sink, batch("web.1", strings.Repeat("0123456789\n", each)))
		}
	}
	t.Run("What is in time comes through in order", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := &end{}
			sink, finish := open(t, e, limit)
			for range batches {
				write(t, sink, batch("web.1", strings.Repeat("0123456789\n", each)))
				synctest.Wait()
			}
			if lost := finish(); lost != 0 || e.lines != each*batches {
				t.Errorf("%d lines came and %d were lost, want %d and 0", e.lines, lost, each*batches)
			}
		})
	})
	t.Run("A slow end delays nobody, and what it costs is said in its place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := &end{stuck: make(chan struct{})}
			sink, finish := open(t, e, limit)
			write(t, sink, batch("web.1", "first\n"))
			synctest.Wait() // it has reached the end, and none of the flood does
			flood(t, sink)
			close(e.stuck)
			synctest.Wait()
			write(t, sink, batch("web.1", "last\n"))
			lost := finish()
			if lost == 0 || e.lines+lost != each*batches+2 {
				t.Errorf("%d lines came and %d were lost, want %d in all and some lost", e.lines, lost, each*batches+2)
			}
			if want := []string{"web.1", "system", "web.1"}; strings.Join(e.order, " ") != strings.Join(want, " ") {
				t.Errorf("in the order %q, want %q", e.order, want)
			}
		})
	})
	t.Run("A dead end is not noticed, and counted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sink, finish := open(t, &end{err: errors.New("connection refused")}, limit)
			for range batches {
				write(t, sink, batch("web.1", "line\n"))
				synctest.Wait()
			}
			if lost := finish(); lost != batches {
				t.Errorf("%d lines were lost, want %d", lost, batches)
			}
		})
	})
}

// An end counts lines of instances, and who spoke after whom.
type end struct {
	stuck chan struct{} // until it is closed; nil: never

	mu    sync.Mutex
	err   error
	lines int
	order []string
}

func (e *end) Write(b *output.Batch) error {
	if e.stuck != nil {
		<-e.stuck
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	name := b.Instance
	if b.Stream == output.System {
		name = b.Stream.String()
	} else if e.err == nil {
		e.lines += strings.Count(string(b.Data), "\n")
	}
	if n := len(e.order); n == 0 || e.order[n-1] != name {
		e.order = append(e.order, name)
	}
	return e.err
}
