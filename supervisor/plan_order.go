package supervisor

// boot asks for everything that the formation wants. A type that waits for others
// is held until they are ready; only first launches wait, a restart does not.
func (p *plan) boot(t *turn) {
	for _, l := range p.order {
		p.tell(t, l, start{cause: "the formation wants it", held: p.held(l.typ)})
	}
}

// held says that a type it comes after is not ready yet.
func (p *plan) held(typ *ProcessType) bool {
	for _, name := range typ.After {
		if !p.satisfied(name) {
			return true
		}
	}
	return false
}

// satisfied says that every instance of a type is ready. A type without instances
// is: there is nothing to wait for.
func (p *plan) satisfied(name string) bool {
	for _, l := range p.order {
		if l.id.Type == name && !l.ready {
			return false
		}
	}
	return true
}

// clear lets those go that waited for this type and for nothing else.
func (p *plan) clear(t *turn, name string) {
	for _, l := range p.order {
		if l.state == Waiting && !p.held(l.typ) {
			p.tell(t, l, cleared{cause: name + " is ready"})
		}
	}
}
