package supervisor

import (
	"fmt"
	"time"
)

// judge decides what the end of one instance means for the run.
func (p *plan) judge(t *turn, d death) {
	l := d.life
	if p.phase != running {
		return
	}
	if l.state == Failed || l.next != nil && l.next.to == Failed {
		p.remember(d.status.ExitCode())
	}
	end := Shutdown{Code: d.status.ExitCode(), by: l.id}
	switch {
	case d.gaveUp:
		end.Cause = fmt.Sprintf("%s had %s", l.id, shortLives(l.shortLives))
	case l.typ.ExitWith && !l.ready:
		end.Cause = fmt.Sprintf("%s %s", l.id, d.status)
	case l.typ.Ready == ReadyDone && p.failed && l.state == Failed:
		end.Cause = fmt.Sprintf("%s is not done: it %s", l.id, d.status)
	default:
		return
	}
	p.shutdown(t, end)
}

// remember keeps the code of the first failure.
func (p *plan) remember(code int) {
	if !p.failed {
		p.failed, p.code = true, code
	}
}

// shutdown stops everything at once, in parallel. The first one decides the code.
func (p *plan) shutdown(t *turn, c Shutdown) {
	if p.phase == running {
		p.phase, p.code, p.roll = ending, c.Code, nil
		p.publish(t, Event{Kind: KindRunEnding, Cause: c.Cause, By: c.by, Live: p.live(), Code: c.Code})
		p.setBudget(t.now)
		p.stopAll(t, c)
	}
	if c.Now {
		p.killAll(t, c.Cause)
	}
}

// setBudget starts the clock of the stop budget.
func (p *plan) setBudget(now time.Time) {
	if budget := p.formation.StopBudget; budget > 0 {
		p.endAt = now.Add(budget)
		p.killAt = now.Add(p.formation.GraceBudget())
	}
}

// stopAll stops everything that has no front door at once, and what has one when its
// lame duck time is over.
func (p *plan) stopAll(t *turn, c Shutdown) {
	if c.Now {
		return
	}
	duck := p.formation.LameDuckTime()
	if duck > 0 {
		p.lameUntil = t.now.Add(duck)
	}
	for _, l := range p.order {
		if !l.open || duck == 0 {
			p.stopFor(t, l, c.Cause)
		}
	}
}

// endLameDuck stops what has a front door.
func (p *plan) endLameDuck(t *turn) {
	p.lameUntil = time.Time{}
	for _, l := range p.order {
		p.stopFor(t, l, "the lame duck time is over")
	}
}

// stopFor stops one instance for the shutdown: its requests may take what the stop budget
// leaves beside the grace, and the grace what is left then.
func (p *plan) stopFor(t *turn, l *life, cause string) {
	grace := p.formation.GraceBudget()
	p.tell(t, l, stop{cause: cause, grace: grace, drain: max(0, p.killAt.Sub(t.now)-grace/3)})
}

// killAll sends SIGKILL to all that is left. It is said once.
func (p *plan) killAll(t *turn, cause string) {
	p.lameUntil, p.killAt = time.Time{}, time.Time{}
	if p.endAt.IsZero() || p.endAt.After(t.now.Add(KillReserve)) {
		p.endAt = t.now.Add(KillReserve)
	}
	if live := p.live(); live > 0 && !p.killing {
		p.killing = true
		p.publish(t, Event{Kind: KindRunKilling, Cause: cause, Live: live})
	}
	for _, l := range p.order {
		p.tell(t, l, kill{cause: cause})
	}
}

// live counts the instances that have a process, or are about to.
func (p *plan) live() int {
	n := 0
	for _, l := range p.order {
		if l.alive() {
			n++
		}
	}
	return n
}

func (l *life) alive() bool {
	switch l.state {
	case Starting, Up, Draining, Stopping, Killing:
		return true
	default:
		return false
	}
}

// settle ends the run when nothing can happen any more: in a shutdown when all are
// gone, else when every wanted instance has ended for good. One that was stopped by
// command keeps the run alive.
func (p *plan) settle(t *turn) {
	if p.phase == finished || p.live() > 0 {
		return
	}
	if p.phase == running {
		if p.scaledToZero {
			return
		}
		for _, l := range p.order {
			if l.state == BackingOff || l.state == Down {
				return
			}
		}
		p.giveUpWaiting()
	}
	p.finish(t)
}

// giveUpWaiting takes it for a failure when those that still wait wait for what has
// ended without getting ready.
func (p *plan) giveUpWaiting() {
	for _, l := range p.order {
		if l.state == Waiting {
			p.remember(1)
		}
	}
}

func (p *plan) finish(t *turn) {
	if p.phase == finished {
		return
	}
	p.phase = finished
	p.lameUntil, p.killAt, p.endAt = time.Time{}, time.Time{}, time.Time{}
	p.publish(t, Event{Kind: KindRunEnded, Code: p.code, Live: p.live()})
	t.emit(finishEffect{p.code})
}

func (p *plan) publish(t *turn, e Event) {
	e.Time = t.now
	t.emit(publishEffect{e})
}

func shortLives(n int) string {
	if n == 1 {
		return "1 short life"
	}
	return fmt.Sprintf("%d short lives in a row", n)
}
