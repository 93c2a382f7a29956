package supervisor

import (
	"fmt"
	"slices"
)

// scale sets how many instances of a type there are.
func (p *plan) scale(t *turn, c Scale) error {
	typ := p.types[c.Type]
	if typ == nil {
		return p.unknown(ID{Type: c.Type})
	}
	n := c.N
	if c.Relative {
		n += p.count(c.Type)
	}
	if n < 0 {
		return fmt.Errorf("%s has %d: cannot take %d away", c.Type, p.count(c.Type), -c.N)
	}
	if n == 0 {
		p.scaledToZero = true
	}
	p.resize(t, typ, n, asked)
	return nil
}

// count is how many instances of a type are to be there.
func (p *plan) count(name string) (n int) {
	for _, l := range p.order {
		if l.id.Type == name && !l.leaving && !p.extra(l) {
			n++
		}
	}
	return n
}

// extra says that an instance is there only for the roll that is going on.
func (p *plan) extra(l *life) bool { return p.roll != nil && p.roll.extra[l.id.Type] == l }

// resize makes the instances 1 to n of a type be there, and those above leave.
func (p *plan) resize(t *turn, typ *ProcessType, n int, cause string) {
	for i := range n {
		p.join(t, ID{typ.Name, i + 1}, typ, cause)
	}
	for _, l := range slices.Backward(slices.Clone(p.order)) {
		if l.id.Type == typ.Name && l.id.N > n && !p.extra(l) {
			p.leave(t, l, cause)
		}
	}
}

// join adds an instance, or keeps one that was leaving.
func (p *plan) join(t *turn, id ID, typ *ProcessType, cause string) {
	l := p.lives[id]
	if l != nil && !l.leaving && l.state != Down {
		return
	}
	if l == nil {
		l = p.add(id, typ)
	}
	l.leaving = false
	p.tell(t, l, start{cause: cause, held: p.held(typ)})
}

// add makes an instance that there is not yet.
func (p *plan) add(id ID, typ *ProcessType) *life {
	l := &life{id: id, typ: typ, launch: p.launches[id]}
	p.lives[id] = l
	p.order = append(p.order, l)
	p.sort()
	return l
}

// leave stops an instance for good; forget removes it when it is gone.
func (p *plan) leave(t *turn, l *life, cause string) {
	l.leaving = true
	p.tell(t, l, stop{cause: cause})
}

// forget removes the instances that have left.
func (p *plan) forget(t *turn) {
	p.order = slices.DeleteFunc(p.order, func(l *life) bool {
		left := l.leaving && !l.alive()
		if left {
			delete(p.lives, l.id)
			p.launches[l.id] = l.launch
			l.publish(t, l.state, Event{Kind: KindRemoved})
		}
		return left
	})
}

// sort keeps the order: that of the formation's types, then by number.
func (p *plan) sort() {
	place := map[string]int{}
	for i, typ := range p.formation.Types {
		place[typ.Name] = i + 1 // a type that is gone comes first
	}
	slices.SortStableFunc(p.order, func(a, b *life) int {
		if a.id.Type != b.id.Type {
			return place[a.id.Type] - place[b.id.Type]
		}
		return a.id.N - b.id.N
	})
}
