package supervisor

import "fmt"

// obey does what is asked, or says why not.
func (p *plan) obey(t *turn, c Command) error {
	switch c := c.(type) {
	case Shutdown:
		p.shutdown(t, c)
		return nil
	case Resume:
		p.resume(c.After)
		return nil
	case Signal:
		return p.ask(t, c.ID, signal{c.Signal})
	}
	if p.phase != running {
		return ErrEnding
	}
	switch c := c.(type) {
	case Start:
		l := p.lives[c.ID]
		return p.ask(t, c.ID, start{cause: "asked", held: l != nil && p.held(l.typ)})
	case Stop:
		return p.ask(t, c.ID, stop{cause: "asked"})
	case Restart:
		return p.ask(t, c.ID, restart{cause: "asked"})
	}
	panic(fmt.Sprintf("supervisor: unknown command %T", c))
}

func (p *plan) ask(t *turn, id ID, in input) error {
	l := p.lives[id]
	if l == nil {
		return fmt.Errorf("%s: %w", id, ErrUnknown)
	}
	p.tell(t, l, in)
	return t.refused
}
