package supervisor

import (
	"fmt"
	"time"
)

// life is one instance: the pure machine behind the table of transitions. What is
// wanted and what is are two fields: a restart is a stop of what is still wanted.
type life struct {
	id  ID
	typ *ProcessType

	wanted bool
	state  State
	launch int       // number of the current launch, or of the last
	pid    int       // of the leader; 0 when it is dead
	since  time.Time // when that launch began
	due    time.Time // when the state wants to hear of time; zero: never
	grace  time.Duration

	ready      bool
	open       bool   // its gate is
	late       bool   // not ready in time
	leaving    bool   // scaled away: removed when it is gone
	killEarly  bool   // a kill came while it was starting
	shortLives int    // in a row
	forkFails  int    // in a row
	cause      string // of the last change
	last       Status
	ended      bool     // last is set
	next       *outcome // what follows when all that the leader left is gone
}

// turn is one step of the machines: the time that it is, and what comes of it.
type turn struct {
	now     time.Time
	jitter  func() float64 // in [-1, 1]
	effects []effect
	refused error
	died    *death // an instance ended by itself
}

func (t *turn) emit(e effect) { t.effects = append(t.effects, e) }

// step tells the life of an input. Reports of an earlier launch touch nothing.
func (l *life) step(t *turn, in input) {
	if r, ok := in.(Report); ok && r.of().N != l.launch {
		return
	}
	transitions[l.state][in.kind()](l, t, in)
}

func (l *life) current() Launch { return Launch{l.id, l.launch} }

// enter changes the state and publishes it as one event of the given kind.
func (l *life) enter(t *turn, to State, e Event) {
	from := l.state
	l.state = to
	l.publish(t, from, e)
}

// publish completes an event with what is known of the instance.
func (l *life) publish(t *turn, from State, e Event) {
	if e.Cause == "" {
		e.Cause = l.cause
	}
	l.cause = e.Cause
	e.ID, e.Launch, e.PID, e.Since = l.id, l.launch, l.pid, l.since
	e.From, e.To, e.Time = from, l.state, t.now
	e.Ready, e.ShortLives, e.Restarts = l.ready, l.shortLives, max(0, l.launch-1)
	e.Last, e.HasLast = l.last, l.ended
	t.emit(publishEffect{e})
}

func (l *life) bug(t *turn, in input) {
	l.publish(t, l.state, Event{Kind: KindBug, Err: fmt.Errorf("%q while %s: please report it", in.kind(), l.state)})
}

// refuse is the cell for a signal to an instance that has no process.
func refuse(l *life, t *turn, _ input) {
	t.refused = fmt.Errorf("%s %w: it is %s", l.id, ErrNotRunning, l.state)
}

func passOn(l *life, t *turn, in signal) {
	t.emit(signalEffect{l.current(), in.sig, ToLeader})
}

// reset forgets the last launch's process, not how it ended.
func (l *life) reset() {
	l.pid, l.since, l.due, l.ready, l.late, l.killEarly, l.next = 0, time.Time{}, time.Time{}, false, false, false, nil
}
