package supervisor

import "fmt"

// obey does what is asked, or says why not. What is refused has changed nothing.
func (p *plan) obey(t *turn, c Command) error {
	switch c := c.(type) {
	case Shutdown:
		p.shutdown(t, c)
		return nil
	case Resume:
		p.resume(c.After)
		return nil
	case Signal:
		if err := p.inhabited(c.IDs); err != nil {
			return err
		}
		return p.ask(t, c.IDs, func(*life) input { return signal{c.Signal} })
	}
	if p.phase != running {
		return ErrEnding
	}
	switch c := c.(type) {
	case Start:
		return p.ask(t, c.IDs, func(l *life) input { return start{cause: asked, held: p.held(l.typ)} })
	case Stop:
		return p.ask(t, c.IDs, func(*life) input { return stop{cause: asked} })
	case Restart:
		return p.restart(t, c)
	case Scale:
		return p.scale(t, c)
	case Adopt:
		return p.adopt(t, c.Formation)
	}
	panic(fmt.Sprintf("supervisor: unknown command %T", c))
}

// asked is the cause of what a command does.
const asked = "asked"

// ask tells every named instance the same. Of several the first refusal is returned,
// and the others are told all the same.
func (p *plan) ask(t *turn, ids []ID, in func(*life) input) error {
	lives, err := p.named(ids)
	if err != nil {
		return err
	}
	var refused error
	for _, l := range lives {
		t.refused = nil
		p.tell(t, l, in(l))
		if refused == nil {
			refused = t.refused
		}
	}
	return refused
}

// named finds the instances that a command names, in the order of the formation.
func (p *plan) named(ids []ID) ([]*life, error) {
	wanted := map[*life]bool{}
	for _, id := range ids {
		found := false
		for _, l := range p.order {
			if l.id == id || id.N == 0 && l.id.Type == id.Type {
				wanted[l], found = true, true
			}
		}
		if !found && (id.N > 0 || p.types[id.Type] == nil) {
			return nil, p.unknown(id)
		}
	}
	var lives []*life
	for _, l := range p.order {
		if wanted[l] {
			lives = append(lives, l)
		}
	}
	return lives, nil
}

// inhabited refuses types that have no instance, for commands which would then have done
// nothing and said nothing. One that is to be stopped is as it should be.
func (p *plan) inhabited(ids []ID) error {
	for _, id := range ids {
		if id.N == 0 && p.types[id.Type] != nil && p.count(id.Type) == 0 {
			return fmt.Errorf("%s %w", id.Type, ErrNoInstance)
		}
	}
	return nil
}

func (p *plan) unknown(id ID) error {
	if id.N == 0 {
		return fmt.Errorf("%s: %w", id.Type, ErrUnknownType)
	}
	return fmt.Errorf("%s: %w", id, ErrUnknown)
}
