package supervisor

import (
	"fmt"
	"time"
)

// plan is the formation: the pure machine above the lives. It knows in which order
// they start, when one of them ends the run, and how the run ends.
type plan struct {
	formation Formation
	types     map[string]*ProcessType
	lives     map[ID]*life
	order     []*life    // in file order, then by number
	launches  map[ID]int // of instances that were removed: numbers are never used again
	jitter    func() float64
	roll      *roll // that is going on; nil: none

	scaledToZero bool // by command: the run goes on without instances

	phase     phase
	code      int       // what the run ends with; of the shutdown, else of the first failure
	failed    bool      // code is that of a failure
	killing   bool      // SIGKILL was sent to all
	lameUntil time.Time // when what has a front door is stopped; zero: it is, or nothing is
	killAt    time.Time // when what is left gets SIGKILL; zero: never
	endAt     time.Time // when the run ends whatever is left; zero: never
}

// phase is how far the run is from its end.
type phase uint8

const (
	running phase = iota
	ending
	finished
)

// boot is plan's first input.
type boot struct{}

// tick is the input for time that has come.
type tick struct{}

// newPlan lays out the formation's instances, all of them down.
func newPlan(f Formation, jitter func() float64) *plan {
	p := &plan{formation: f, types: map[string]*ProcessType{}, lives: map[ID]*life{}, launches: map[ID]int{}, jitter: jitter}
	for i := range f.Types {
		typ := &f.Types[i]
		p.types[typ.Name] = typ
		for n := 1; n <= typ.Count; n++ {
			l := &life{id: ID{typ.Name, n}, typ: typ}
			p.lives[l.id] = l
			p.order = append(p.order, l)
		}
	}
	return p
}

// step tells the plan what happened or is asked, and returns what to do for it. The
// error is the refusal of a command.
func (p *plan) step(now time.Time, in any) ([]effect, error) {
	t := &turn{now: now, jitter: p.jitter}
	switch in := in.(type) {
	case boot:
		p.boot(t)
	case tick:
		p.tick(t)
	case Denied:
		if l := p.lives[in.Launch.ID]; l != nil {
			l.publish(t, l.state, Event{Kind: KindDenied, Err: in.Err})
		}
	case Report:
		if l := p.lives[in.of().ID]; l != nil {
			p.tell(t, l, in.(input))
		}
	case Command:
		t.refused = p.obey(t, in)
	default:
		panic(fmt.Sprintf("supervisor: unknown input %T", in))
	}
	p.advance(t)
	p.forget(t)
	p.settle(t)
	return t.effects, t.refused
}

// tell gives an input to one life and draws the formation's conclusions from it.
func (p *plan) tell(t *turn, l *life, in input) {
	t.died = nil
	ready := l.ready
	l.step(t, in)
	died := t.died // clear tells others, who may die too
	if l.ready && !ready {
		p.clear(t, l.id.Type)
	}
	if died != nil {
		p.judge(t, *died)
	}
}

// due is when time next matters; the zero time is never.
func (p *plan) due() time.Time {
	if p.phase == finished {
		return time.Time{}
	}
	next := earlier(p.lameUntil, earlier(p.killAt, p.endAt))
	for _, l := range p.order {
		next = earlier(next, l.due)
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// come says that a time is set and has come.
func come(now, due time.Time) bool { return !due.IsZero() && !due.After(now) }

func (p *plan) tick(t *turn) {
	for _, l := range p.order {
		if come(t.now, l.due) {
			p.tell(t, l, deadline{})
		}
	}
	if come(t.now, p.lameUntil) {
		p.endLameDuck(t)
	}
	if come(t.now, p.killAt) {
		p.killAll(t, "the stop budget is nearly spent")
	}
	if come(t.now, p.endAt) {
		p.finish(t)
	}
}

// resume shifts every time by that for which nobody was running.
func (p *plan) resume(d time.Duration) {
	times := []*time.Time{&p.lameUntil, &p.killAt, &p.endAt}
	for _, l := range p.order {
		times = append(times, &l.due, &l.since)
	}
	for _, at := range times {
		if !at.IsZero() {
			*at = at.Add(d)
		}
	}
}
