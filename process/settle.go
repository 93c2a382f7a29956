package process

import (
	"slices"
	"syscall"
	"time"
)

// settle finds out who is left of the launches whose leader is dead, does the errands
// that need to know, and lets go of those of whom nobody is left. It tells whether it has
// to be done again.
func (r *reaper) settle() (again bool) {
	if len(r.dying) == 0 && !r.errands && r.sweep == nil {
		return false
	}
	quiet := true
	if r.errands || r.family.adopted() || r.sweep != nil && !r.childless() {
		quiet = r.census()
	} else {
		for _, l := range r.dying {
			l.left, l.spares = l.left[:0], false
		}
		r.family.nobody()
	}
	r.runErrands()
	r.dying = slices.DeleteFunc(r.dying, func(l *launch) bool {
		r.mourn(l)
		gone := quiet && !r.family.unsure && len(l.left) == 0
		if gone {
			r.bid(l)
		}
		return gone
	})
	if r.sweep != nil {
		r.done = r.sweep.step(r, quiet)
	}
	return !r.done && (!quiet || r.errands)
}

// childless tells whether a sweep need not look for anybody once no orphan is ours: whoever
// descends from us does so by way of a child of ours, and there is none but the guardian. As
// PID 1 we end others' children too. Like a census it first hears of every fork that is over.
func (r *reaper) childless() bool {
	r.calm = r.forker.ticket.Load()%2 == 0
	r.obey()
	return r.calm && len(r.launches) == 0 && r.family.self != 1
}

// census counts everybody. It is quiet if nobody died meanwhile, who might have had
// children that it missed.
func (r *reaper) census() (quiet bool) {
	ticket := r.forker.ticket.Load()
	r.obey()
	r.family.list()
	r.calm = ticket%2 == 0 && ticket == r.forker.ticket.Load()
	r.family.sort(r.launches, r.calm)
	return peek() == 0
}

func (r *reaper) runErrands() {
	if !r.errands {
		return
	}
	r.errands = false
	for _, l := range r.launches {
		for _, e := range l.errands {
			for _, p := range l.left {
				if l.has(p, e.to) && !(e.rest && l.has(p, Group)) {
					r.send(l, p, e.sigs...)
				}
			}
		}
		l.errands = nil
	}
}

// mourn tells of the leader's death, once, and goes on killing who is to be killed.
func (r *reaper) mourn(l *launch) {
	if !l.exited {
		l.exited = true
		r.notify(*l.death)
	}
	if l.kill {
		for _, p := range l.left {
			r.send(l, p, syscall.SIGKILL)
		}
	}
}

// bid farewell.
func (r *reaper) bid(l *launch) {
	if l.stdin >= 0 {
		syscall.Close(l.stdin)
	}
	l.account.close(l.spares)
	delete(r.launches, l.key)
	r.family.drop(l)
	e := l.event(Gone)
	e.Time = time.Now()
	r.notify(e)
}
