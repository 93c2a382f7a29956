package supervisor

// adopt replaces the formation. What a type does now and what it shall do are compared
// by fingerprint: only what changed is restarted.
func (p *plan) adopt(t *turn, f Formation) error {
	old := p.types
	p.formation = f
	p.types = map[string]*ProcessType{}
	for i := range f.Types {
		p.types[f.Types[i].Name] = &f.Types[i]
	}
	p.sort()
	var changed []*life
	for _, l := range p.order {
		typ := p.types[l.id.Type]
		if typ == nil {
			p.leave(t, l, "its type is gone")
			continue
		}
		if typ.Fingerprint != l.typ.Fingerprint && l.wanted && !once(typ) && !once(l.typ) {
			changed = append(changed, l)
		}
		l.typ = typ
	}
	for i := range f.Types {
		if typ := &f.Types[i]; old[typ.Name] == nil {
			p.resize(t, typ, typ.Count, "its type is new")
		}
	}
	if len(changed) > 0 {
		p.begin(t, changed, "its type has changed")
	}
	return nil
}

// once says that a type is done when it has ended well, so that a reload does not run it
// again. What was stopped by command, too, waits for a start to be what it has become.
func once(typ *ProcessType) bool { return typ.Ready == ReadyDone }
