package ready

import "time"

// The pauses between two looks at a launch.
const (
	soonest = 5 * time.Millisecond
	latest  = 250 * time.Millisecond
)

// pause is the time until the next look at a launch that has waited for so long.
func pause(waited time.Duration) time.Duration {
	return min(max(waited/8, soonest), latest)
}

// look looks at all whose turn it is. The timer calls it, never twice at a time.
func (p *Prober) look() {
	began := time.Now()
	v := &view{listening: p.listening}
	for _, w := range p.turn(began) {
		at, whose := v.find(w.Target, &w.doubt)
		switch {
		case whose != its && whose != unseen:
		case w.Kind == HTTP:
			p.ask(w, at)
		default:
			p.done(w, Result{reach(at), how(at, whose)})
		}
	}
	rest := 4 * time.Since(began)
	if v.err != nil {
		rest = latest
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looking = false
	p.rearm(rest)
}

// turn takes those who have waited for at least half of their pause: this brings those
// that were launched at different times together in one look.
func (p *Prober) turn(now time.Time) []*wait {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looking, p.next = true, time.Time{}
	var turn []*wait
	for _, w := range p.waiting {
		if w.looks() && now.Sub(w.last()) >= pause(now.Sub(w.since))/2 {
			w.looked = now
			turn = append(turn, w)
		}
	}
	return turn
}

// rearm sets the timer for whose turn comes first, if anybody's does, but not before rest
// is over. It is called with the lock.
func (p *Prober) rearm(rest time.Duration) {
	now := time.Now()
	for _, w := range p.waiting {
		if w.looks() {
			due := w.last().Add(pause(now.Sub(w.since)))
			p.arm(later(due, now.Add(rest)))
		}
	}
}

// arm makes sure that there is a look at due or before. It is called with the lock.
func (p *Prober) arm(due time.Time) {
	if !p.looking && (p.next.IsZero() || due.Before(p.next)) {
		p.next = due
		p.timer.Reset(time.Until(due))
	}
}

// looks tells whether w needs the next look.
func (w *wait) looks() bool {
	return (w.Kind == Port || w.Kind == HTTP) && !w.asking
}

// last is when w's pause began.
func (w *wait) last() time.Time { return later(w.since, w.looked) }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
