package supervisor

import (
	"fmt"
	"maps"
	"slices"
)

// roll is a restart of many, one after the other.
type roll struct {
	cause string
	queue []*life          // still to be restarted, in order
	busy  map[*life]int    // being restarted, and the launch each had before
	extra map[string]*life // by type: serves while the others are restarted
}

// restart begins a roll, or restarts at once.
func (p *plan) restart(t *turn, c Restart) error {
	lives, err := p.toRestart(c.IDs)
	if err != nil {
		return err
	}
	if c.AllAtOnce {
		for _, l := range lives {
			p.tell(t, l, restart{cause: asked})
		}
		return nil
	}
	p.begin(t, lives, asked)
	return nil
}

// toRestart is what was named; without names it is everything but what is to be done
// once.
func (p *plan) toRestart(ids []ID) ([]*life, error) {
	if err := p.inhabited(ids); err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		return p.named(ids)
	}
	return slices.DeleteFunc(slices.Clone(p.order), func(l *life) bool { return l.typ.Ready == ReadyDone }), nil
}

// begin replaces the roll that may be going on.
func (p *plan) begin(t *turn, lives []*life, cause string) {
	switch {
	case p.roll == nil:
	case p.roll.ages():
		p.endRoll(t, nil)
	default:
		p.endRoll(t, ErrReplaced)
	}
	p.roll = &roll{cause: cause, queue: lives, busy: map[*life]int{}, extra: map[string]*life{}}
	p.advance(t)
}

// advance looks at the roll after every turn: what is ready makes room for the next,
// what fails ends it.
func (p *plan) advance(t *turn) {
	r := p.roll
	if r == nil {
		return
	}
	for _, l := range p.order {
		before, busy := r.busy[l]
		switch {
		case !busy:
		case l.serves() && l.launch > before, l.leaving, !l.wanted:
			delete(r.busy, l)
		case l.launch > before && l.failing():
			p.endRoll(t, fmt.Errorf("%s does not get ready", l.id))
			return
		}
	}
	if l := r.failedExtra(); l != nil {
		p.endRoll(t, fmt.Errorf("%s, which was to serve meanwhile, does not get ready: nothing else was touched", l.id))
		return
	}
	r.queue = slices.DeleteFunc(r.queue, func(l *life) bool {
		if l.leaving || !r.room(l.typ) || !p.covered(t, l.typ) {
			return l.leaving
		}
		r.busy[l] = l.launch
		if l.state == Starting { // it is as good as restarted
			r.busy[l]--
		}
		p.tell(t, l, restart{cause: r.cause})
		return true
	})
	if len(r.busy) == 0 && len(r.queue) == 0 {
		p.endRoll(t, nil)
	}
}

// covered says that an instance of a type may go down: behind a front door only when an
// extra one serves, which is started for it.
func (p *plan) covered(t *turn, typ *ProcessType) bool {
	if !typ.Gated || !typ.Surge {
		return true
	}
	if l := p.roll.extra[typ.Name]; l != nil {
		return l.serves()
	}
	id := ID{typ.Name, 1}
	for p.lives[id] != nil {
		id.N++
	}
	p.roll.extra[typ.Name] = p.add(id, typ)
	p.tell(t, p.lives[id], start{cause: p.roll.cause})
	return false
}

// failedExtra is an extra instance that does not get ready before anything was touched.
func (r *roll) failedExtra() *life {
	for name, l := range r.extra {
		touched := slices.ContainsFunc(slices.Collect(maps.Keys(r.busy)), func(b *life) bool { return b.typ.Name == name })
		if l.failing() && !touched {
			return l
		}
	}
	return nil
}

// ages says that all are restarted, and that nothing is missing but time for what is ready
// by being alive for a while.
func (r *roll) ages() bool {
	for l, before := range r.busy {
		if l.launch == before || l.state != Up || l.typ.Ready != ReadyAlive {
			return false
		}
	}
	return len(r.queue) == 0 && len(r.extra) == 0
}

// room says that one more of the type may be down.
func (r *roll) room(typ *ProcessType) bool {
	n := 0
	for l := range r.busy {
		if l.typ.Name == typ.Name {
			n++
		}
	}
	return n < max(1, typ.MaxUnavailable)
}

func (p *plan) endRoll(t *turn, err error) {
	for _, l := range p.roll.extra {
		p.leave(t, l, p.roll.cause)
	}
	p.roll = nil
	p.publish(t, Event{Kind: KindRollEnded, Err: err})
}

// serves says that a launch is as ready as it will get: ready, or up where nobody
// probes it, or done.
func (l *life) serves() bool {
	return l.ready || l.state == Ended || l.state == Up && l.typ.Ready == ReadyUnprobed
}

// failing says that a launch has ended, or has not got ready in time.
func (l *life) failing() bool {
	switch l.state {
	case BackingOff, Failed:
		return true
	case Up:
		return l.late
	default:
		return false
	}
}
