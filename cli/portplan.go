package cli

import (
	"fmt"
	"strconv"

	"supervise/ports"
	"supervise/procfile"
	"supervise/supervisor"
)

// portPlan says which port each instance gets.
type portPlan struct {
	base  int            // what a command that is no type gets; 0: none
	first map[string]int // of each type that has one: its instance 1's
	front int            // of the front door that took the place of web's first; 0: none
	auto  *autoPorts     // with --port auto
}

// of is an instance's port; 0: it gets none.
func (p portPlan) of(id supervisor.ID) int {
	if p.auto != nil {
		return p.auto.of(id)
	}
	if first := p.first[id.Type]; first > 0 {
		return first + id.N - 1
	}
	return 0
}

// planPorts gives every type its ports, whether it runs or not, so that siblings'
// ports are the same in every formation.
func (a *app) planPorts() procfile.Mistakes {
	s := a.settings.ports
	switch {
	case s.none:
		return nil
	case s.base.auto:
		return a.freePorts()
	}
	base, explicit, m := a.basePort()
	if m != nil {
		return procfile.Mistakes{m}
	}
	scheme := ports.Scheme{Base: base, Step: int(s.step)}
	if only, ok := a.onlyType(); ok && explicit {
		scheme.Lead = only
	}
	a.plan = portPlan{base: base, first: scheme.First(a.file.Types())}
	if a.settings.front == frontAtBase {
		a.plan.front = a.plan.first[webType]
		a.plan.first[webType]++
	}
	return a.checkFit(scheme)
}

// roomier is what gives each instance of a type a port.
func (a *app) roomier(name string, scheme ports.Scheme) string {
	if n := a.counts[name]; n > int(scheme.Step) {
		return fmt.Sprintf("--port-step %d, or fewer of them", n)
	}
	return "a lower --port, or a smaller --port-step"
}

// checkFit says which types have more instances than ports. Those that are not expected
// to listen go without.
func (a *app) checkFit(scheme ports.Scheme) (ms procfile.Mistakes) {
	var without []string
	for _, name := range a.file.Types() {
		first, ok := a.plan.first[name]
		if !ok {
			continue
		}
		err := scheme.Fit(name, first, a.counts[name])
		switch {
		case err == nil:
		case a.settings.listens(name), a.counts[name] > int(scheme.Step):
			ms = append(ms, &procfile.Mistake{Problem: err.Error(), Hint: a.roomier(name, scheme)})
		default:
			without = append(without, name)
			delete(a.plan.first, name)
		}
	}
	if len(without) > 0 {
		a.warnings = append(a.warnings, fmt.Sprintf("%s and every type after it get no PORT: ports end at 65535; see --port-step", without[0]))
	}
	return ms
}

// basePort is --port, else PORT of the environment or .env, else 5000.
func (a *app) basePort() (base int, explicit bool, m *procfile.Mistake) {
	if port := a.settings.ports.base.port; port > 0 {
		return port, true, nil
	}
	value, ok := a.config.Lookup("PORT")
	if !ok || value == "" {
		return ports.DefaultBase, false, nil
	}
	port, err := strconv.Atoi(value)
	if err != nil || port < 1 || port > 65535 {
		return 0, false, a.badPort(value)
	}
	return port, true, nil
}

// badPort says where PORT was set.
func (a *app) badPort(value string) *procfile.Mistake {
	m := &procfile.Mistake{
		Problem: fmt.Sprintf("PORT is %q, which is not a port from 1 to 65535", value),
		Hint:    "PORT is the base of all instances' ports; set it to a number, or use --port",
	}
	for _, v := range a.config.Variables() {
		switch {
		case v.Name != "PORT":
		case v.Source == procfile.Environment:
			m.Problem = fmt.Sprintf("PORT in the environment is %q, which is not a port from 1 to 65535", value)
		default:
			m.File, m.Line = v.Source, v.Line
		}
	}
	return m
}

// onlyType is the type that was asked for if it is the only one.
func (a *app) onlyType() (only string, ok bool) {
	for _, name := range a.file.Types() {
		if a.counts[name] == 0 {
			continue
		}
		if ok {
			return "", false
		}
		only, ok = name, true
	}
	return only, ok
}

// freePorts asks the system for a port for every instance.
func (a *app) freePorts() procfile.Mistakes {
	ids := a.ids()
	free, err := ports.Free(len(ids) + 1)
	if err != nil {
		return procfile.Mistakes{{Problem: err.Error()}}
	}
	a.plan = portPlan{first: map[string]int{}, auto: &autoPorts{ports: map[supervisor.ID]int{}}}
	if a.settings.front == frontAtBase {
		a.plan.front = free[len(ids)]
	}
	for i, id := range ids {
		if id.Type == releaseType {
			continue
		}
		a.plan.auto.ports[id] = free[i]
		if id.N == 1 {
			a.plan.first[id.Type] = free[i]
		}
	}
	return nil
}

// ids are the instances of the formation, in the order of the Procfile.
func (a *app) ids() (ids []supervisor.ID) {
	for _, name := range a.file.Types() {
		for n := range a.counts[name] {
			ids = append(ids, supervisor.ID{Type: name, N: n + 1})
		}
	}
	return ids
}

// keepPorts gives the types that another plan knows the ports that they have there, and
// new ones the next free places.
func (a *app) keepPorts(old *app) procfile.Mistakes {
	if old.plan.auto != nil {
		a.plan = old.plan
		return nil
	}
	if ms := a.planPorts(); ms != nil { // by the settings that stay
		return ms
	}
	a.plan.base, a.plan.front = old.plan.base, old.plan.front
	next := 0
	for _, first := range old.plan.first {
		next = max(next, first)
	}
	for _, name := range a.file.Types() {
		if _, gets := a.plan.first[name]; !gets {
			continue
		}
		if first, ok := old.plan.first[name]; ok {
			a.plan.first[name] = first
			continue
		}
		next += int(a.settings.ports.step)
		a.plan.first[name] = next
	}
	return nil
}

// fits says whether a type can have so many instances.
func (a *app) fits(name string, n int) error {
	first := a.plan.first[name]
	if first == 0 || a.plan.auto != nil {
		return nil
	}
	return ports.Scheme{Base: a.plan.base, Step: int(a.settings.ports.step)}.Fit(name, first, n)
}
