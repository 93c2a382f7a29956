package supervisor

import "time"

// sweepGrace is the most that processes get that outlive a leader which ended by
// itself: it is not their own stop that they finish.
const sweepGrace = 2 * time.Second

// outcome is what follows the end of a launch.
type outcome struct {
	to    State // Starting, BackingOff, Ended, Failed or Down
	delay time.Duration
}

// death is an instance that ended by itself, for plan to judge.
type death struct {
	life   *life
	status Status
	gaveUp bool
}

func exitedByItself(l *life, t *turn, in Exited) {
	uptime := t.now.Sub(l.since)
	daemonized := in.Status.Success() && len(in.Left) > 0
	l.closeGate(t)
	l.forget(t)
	l.reset()
	l.last, l.ended = in.Status, true
	l.ready = l.typ.Ready == ReadyDone && in.Status.Success() && !daemonized
	short := uptime < l.typ.StableAfter || daemonized
	next := l.judge(t, short, in.Status.Success() && !daemonized)
	event := Event{Kind: KindExited, Status: in.Status, Uptime: uptime, Left: in.Left, Cause: in.Status.String()}
	if len(in.Left) == 0 {
		l.settle(t, next, event)
		return
	}
	l.next = &next
	event.Next, event.Delay = next.to, next.delay
	l.grace = min(l.typ.Grace, sweepGrace)
	event.Grace = l.grace
	l.due = t.now.Add(l.grace)
	l.enter(t, Stopping, event)
}

// judge says what follows an end that nobody asked for, and counts short lives.
func (l *life) judge(t *turn, short, success bool) outcome {
	t.died = &death{life: l, status: l.last}
	again := l.typ.Restart == RestartAlways || l.typ.Restart == RestartOnFailure && !success
	if l.typ.ExitWith && !l.ready {
		again = false
	}
	if !again {
		return final(success)
	}
	if !short {
		l.shortLives = 0
		return outcome{to: Starting}
	}
	l.shortLives++
	if l.typ.GiveUp > 0 && l.shortLives >= l.typ.GiveUp {
		t.died.gaveUp = true
		return outcome{to: Failed}
	}
	return outcome{to: BackingOff, delay: l.backoff(t)}
}

func final(success bool) outcome {
	if success {
		return outcome{to: Ended}
	}
	return outcome{to: Failed}
}

// exitedAsAsked ends a stop: it is never a short life, and judges nobody.
func exitedAsAsked(l *life, t *turn, in Exited) {
	event := Event{Kind: KindExited, Status: in.Status, Uptime: t.now.Sub(l.since), Left: in.Left}
	l.pid, l.last, l.ended, l.ready = 0, in.Status, true, false
	switch {
	case len(in.Left) == 0:
		l.settle(t, l.asked(), event)
	case l.state == Draining:
		l.due = t.now.Add(l.graceLeft())
		l.enter(t, Stopping, event)
	default:
		l.publish(t, l.state, event)
	}
}

// asked is what follows an end that was asked for.
func (l *life) asked() outcome {
	if l.wanted {
		return outcome{to: Starting}
	}
	return outcome{to: Down}
}

func gone(l *life, t *turn, _ Gone) {
	next := l.asked()
	if l.next != nil {
		next = *l.next
	}
	l.settle(t, next, Event{Kind: KindGone})
}

// settle goes where the end of a launch leads, and publishes it as that event.
func (l *life) settle(t *turn, next outcome, e Event) {
	ready := l.ready
	l.reset()
	l.ready = ready
	e.Next, e.Delay = next.to, next.delay
	switch next.to {
	case Starting:
		l.publish(t, l.state, e)
		l.launchNow(t, l.cause)
	case BackingOff:
		l.due = t.now.Add(next.delay)
		l.enter(t, BackingOff, e)
	default:
		l.enter(t, next.to, e)
	}
}
