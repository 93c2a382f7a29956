package supervisor

import (
	"syscall"
	"time"
)

// How long SIGKILL may take before Killing says so, and then between its repetitions.
const (
	killPatience = time.Second
	killRepeat   = 10 * time.Second
)

func wantUp(l *life, _ *turn, _ input) { l.wanted, l.next = true, nil }

func wantDown(l *life, _ *turn, _ stop) { l.wanted, l.next = false, nil }

func retire(l *life, t *turn, in stop) {
	l.wanted, l.grace = false, in.grace
	l.drainOrTerminate(t, in.cause, in.drain)
}

func renew(l *life, t *turn, in restart) {
	l.grace = 0
	l.drainOrTerminate(t, in.cause, 0)
}

func (l *life) drainOrTerminate(t *turn, cause string, limit time.Duration) {
	if !l.open {
		l.terminate(t, cause)
		return
	}
	l.closeGate(t)
	drain := l.typ.DrainTimeout
	if limit > 0 {
		drain = min(drain, limit)
	}
	l.due = t.now.Add(drain)
	l.enter(t, Draining, Event{Cause: cause, Grace: drain})
}

func (l *life) closeGate(t *turn) {
	if l.open {
		l.open = false
		t.emit(closeEffect{l.current()})
	}
}

// forget ends the probe of a launch that will not get ready any more.
func (l *life) forget(t *turn) {
	if !l.ready && l.typ.Ready != ReadyUnprobed && l.typ.Ready != ReadyDone {
		t.emit(forgetEffect{l.current()})
	}
}

// terminate sends the stop signal. What the leader leaves gets it from the launcher
// as soon as the leader is gone, while its number is still pinned.
func (l *life) terminate(t *turn, cause string) {
	grace := l.graceLeft()
	l.due = t.now.Add(grace)
	l.forget(t)
	t.emit(signalEffect{l.current(), l.typ.StopSignal, l.stopTarget()})
	l.enter(t, Stopping, Event{Cause: cause, Grace: grace})
}

// graceLeft is the type's grace period, or what the stop left of it.
func (l *life) graceLeft() time.Duration {
	if l.grace > 0 {
		return min(l.grace, l.typ.Grace)
	}
	return l.typ.Grace
}

func (l *life) stopTarget() Target {
	return [...]Target{StopMixed: ToMaster, StopLeader: ToLeader, StopGroup: ToGroup}[l.typ.StopMode]
}

func drained(l *life, t *turn, _ Drained) { l.terminate(t, l.cause) }

func drainedTooLate(l *life, t *turn, _ deadline) {
	l.terminate(t, "its requests took longer than the drain timeout")
}

func retireSooner(l *life, t *turn, in stop) {
	l.wanted, l.grace = false, in.grace
	if end := t.now.Add(in.drain); in.drain > 0 && end.Before(l.due) {
		l.due = end
	}
}

func stopSooner(l *life, t *turn, in stop) {
	l.wanted, l.next = false, nil
	if end := t.now.Add(in.grace); in.grace > 0 && end.Before(l.due) {
		l.due = end
	}
}

func graceIsOver(l *life, t *turn, _ deadline) {
	l.due = t.now.Add(killPatience)
	t.emit(signalEffect{l.current(), syscall.SIGKILL, ToAll})
	l.enter(t, Killing, Event{Cause: "grace period is over", Grace: l.graceLeft()})
}

func destroy(l *life, t *turn, in kill) {
	l.wanted, l.next = false, nil
	l.destroy(t, in.cause)
}

func (l *life) destroy(t *turn, cause string) {
	l.closeGate(t)
	l.forget(t)
	l.due = t.now.Add(killPatience)
	t.emit(signalEffect{l.current(), syscall.SIGKILL, ToAll})
	l.enter(t, Killing, Event{Cause: cause})
}

func stayKilling(l *life, _ *turn, _ kill) { l.wanted, l.next = false, nil }

func killAgain(l *life, t *turn, _ deadline) {
	l.due = t.now.Add(killRepeat)
	t.emit(signalEffect{l.current(), syscall.SIGKILL, ToAll})
	l.publish(t, l.state, Event{Kind: KindUndead, Cause: "SIGKILL has no effect"})
}
