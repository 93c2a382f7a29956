package output

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// LastRowAfter is how long a line has been unfinished before a terminal shows it, and how long
// what it shows stays as it is: a spinner that draws faster is drawn that often.
const LastRowAfter = 100 * time.Millisecond

// A rowSink has one more row, below all lines, for a line that is not finished yet.
type rowSink interface {
	// showRow puts the start of a line, b.Data, there; nil takes away what is there. It may
	// block as Write may. What fails is not lost, so there is no error: Write will find it.
	showRow(b *Batch)
}

// A lastRow chooses what the last row shows: of the lines that have been unfinished for
// [LastRowAfter] the one that began last. It looks when something has changed and time has
// passed since; while nothing changes, no timer runs.
type lastRow struct {
	mux        *Mux
	sinks      []rowSink
	unfinished []*reader // in the order in which their lines began; belongs to who has the turn
	due        atomic.Bool
	hidden     atomic.Bool
}

// HideRow takes the last row off the terminal, which somebody else is about to use, until
// [Mux.ShowRow]. It returns when that is done, or ctx has ended.
func (m *Mux) HideRow(ctx context.Context) {
	if m.row.sinks == nil {
		return
	}
	m.row.hidden.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.row.draw()
	}()
	wait(done, ctx.Done())
}

// ShowRow draws the last row, if there is one: after HideRow, or when the terminal has another
// size. It does not wait.
func (m *Mux) ShowRow() {
	m.row.hidden.Store(false)
	m.row.wake(LastRowAfter)
}

// follow hears what a reader has done: handed on the line that it had before, or not. The
// caller has the turn.
func (w *lastRow) follow(r *reader, handedOn, ended bool) {
	if w.sinks == nil || w.mux.quiet[r.launch.source.Type] {
		return
	}
	was := !r.began.IsZero()
	if was && handedOn {
		w.unfinished = slices.DeleteFunc(w.unfinished, func(other *reader) bool { return other == r })
		r.began = time.Time{}
	}
	if r.began.IsZero() && len(r.rest) > 0 && !ended {
		w.unfinished = append(w.unfinished, r)
		r.began = time.Now()
	}
	if was || !r.began.IsZero() {
		w.wake(LastRowAfter)
	}
}

// wake lets draw run after a while, or sooner if it will anyway.
func (w *lastRow) wake(after time.Duration) {
	if w.sinks != nil && w.due.CompareAndSwap(false, true) {
		time.AfterFunc(after, w.draw)
	}
}

// draw has the sinks show the row that there should be.
func (w *lastRow) draw() {
	if !w.mux.turn.take(w.mux.closed) {
		return
	}
	defer w.mux.turn.pass()
	w.due.Store(false)
	row := w.newest(time.Now())
	if w.hidden.Load() {
		row = nil
	}
	for _, s := range w.sinks {
		s.showRow(row)
	}
}

// newest returns the line to show, and sees to it that those too young for it are looked at
// again in time.
func (w *lastRow) newest(now time.Time) (row *Batch) {
	w.unfinished = slices.DeleteFunc(w.unfinished, (*reader).isClosed)
	var soonest time.Duration
	for _, r := range slices.Backward(w.unfinished) {
		young := LastRowAfter - now.Sub(r.began)
		if young <= 0 {
			b := r.batch(r.rest, r.began)
			row = &b
			break
		}
		soonest = young
	}
	if soonest > 0 {
		w.wake(soonest)
	}
	return row
}
