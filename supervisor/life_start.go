package supervisor

import (
	"errors"
	"time"
)

// begin launches an instance that has no process, or lets it wait for others. Being
// asked for is a fresh start: earlier short lives do not count.
func begin(l *life, t *turn, in start) {
	l.wanted, l.shortLives, l.forkFails = true, 0, 0
	if in.held {
		l.reset()
		l.enter(t, Waiting, Event{Cause: in.cause})
		return
	}
	l.launchNow(t, in.cause)
}

func beginAgain(l *life, t *turn, in restart) {
	begin(l, t, start{cause: in.cause})
}

func proceed(l *life, t *turn, in cleared) {
	l.launchNow(t, in.cause)
}

// rest is the answer to a stop where there is nothing to stop.
func rest(l *life, t *turn, in stop) {
	l.wanted = false
	l.reset()
	l.enter(t, Down, Event{Cause: in.cause})
}

func restNow(l *life, t *turn, in kill) { rest(l, t, stop{cause: in.cause}) }

func backoffIsOver(l *life, t *turn, _ deadline) {
	l.launchNow(t, "backoff is over")
}

func (l *life) launchNow(t *turn, cause string) {
	l.reset()
	l.launch++
	t.emit(launchEffect{l.current()})
	l.enter(t, Starting, Event{Cause: cause})
}

// takeBack stops a launch that may not have been forked yet. If it has, launched
// will find that nobody wants it.
func takeBack(l *life, t *turn, in stop) {
	l.wanted, l.grace = false, in.grace
	t.emit(abortEffect{l.current()})
}

func takeBackNow(l *life, t *turn, in kill) {
	takeBack(l, t, stop{cause: in.cause})
	l.killEarly = true
}

func launched(l *life, t *turn, in Launched) {
	l.pid, l.since, l.forkFails = in.PID, t.now, 0
	l.enter(t, Up, Event{Kind: KindLaunched})
	switch {
	case l.killEarly:
		l.destroy(t, "stopped while it was starting")
	case !l.wanted:
		l.terminate(t, "stopped while it was starting")
	case l.typ.Ready != ReadyUnprobed && l.typ.Ready != ReadyDone:
		l.probe(t)
	}
}

func (l *life) probe(t *turn) {
	if l.typ.ReadyTimeout > 0 {
		l.due = t.now.Add(l.typ.ReadyTimeout)
	}
	t.emit(probeEffect{l.current(), l.typ.Ready})
}

func becomeReady(l *life, t *turn, in Ready) {
	if l.ready {
		return
	}
	l.ready, l.due = true, time.Time{}
	if l.typ.Gated {
		l.open = true
		t.emit(openEffect{l.current(), in})
	}
	l.publish(t, l.state, Event{Kind: KindReady, Cause: in.How})
}

func notReadyYet(l *life, t *turn, _ deadline) {
	l.due, l.late = time.Time{}, true
	l.publish(t, l.state, Event{Kind: KindNotReady, Grace: l.typ.ReadyTimeout, Cause: "ready timeout"})
}

func launchFailed(l *life, t *turn, in LaunchFailed) {
	switch {
	case !l.wanted:
		l.reset()
		l.enter(t, Down, Event{Cause: "stopped before it was launched"})
	case errors.Is(in.Err, ErrAborted):
		// A stop took it back and a start wanted it again since.
		l.launchNow(t, "asked again")
	case in.Transient:
		l.forkFails++
		l.settle(t, outcome{to: BackingOff, delay: l.transientBackoff(t)}, Event{Kind: KindLaunchFailed, Err: in.Err, Cause: in.Err.Error()})
	default:
		l.last, l.ended = Status{Code: in.Code}, true
		l.settle(t, l.judge(t, true, false), Event{Kind: KindLaunchFailed, Err: in.Err, Cause: in.Err.Error()})
	}
}
