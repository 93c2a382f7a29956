package control

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"supervise/supervisor"
)

const (
	keptChanges = 20   // of each instance, for supervise ps INSTANCE
	keptEvents  = 4096 // of the run, for those who follow it
	eventBatch  = 256  // the most that a follower takes at a time
)

// record is what the API knows of the run: the state and the last changes of every
// instance, and the newest events of all. Followers have no queues of their own: each is
// a number into events, so a slow one costs nothing and delays nobody.
type record struct {
	mu      sync.Mutex
	seq     uint64
	past    map[supervisor.ID][]*supervisor.Event // the last changes, never none
	types   []string                              // as they came, which is the order of the Procfile
	seen    map[supervisor.ID]struct{}            // the removed ones too: their output is kept
	events  []*supervisor.Event                   // the newest ones, without gaps
	changed chan struct{}                         // closed by the next event; nil: there will be none
}

func newRecord(s supervisor.Snapshot) *record {
	r := &record{
		seq:     s.Seq,
		past:    map[supervisor.ID][]*supervisor.Event{},
		seen:    map[supervisor.ID]struct{}{},
		changed: make(chan struct{}),
	}
	for _, e := range s.Instances {
		r.note(&e)
	}
	return r
}

// keep records until the run ends, or ctx does.
func (r *record) keep(ctx context.Context, w *supervisor.Watcher) {
	defer w.Close()
	for {
		e, _, err := w.Next(ctx) // nothing is lost: the watcher has no limit
		if err != nil {
			r.end()
			return
		}
		r.add(e)
	}
}

func (r *record) add(e *supervisor.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq = e.Seq
	if r.events = append(r.events, e); len(r.events) == 2*keptEvents {
		r.events = r.events[:copy(r.events, r.events[keptEvents:])]
	}
	if e.ID != (supervisor.ID{}) {
		r.note(e)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// note keeps an event with its instance.
func (r *record) note(e *supervisor.Event) {
	if e.Kind == supervisor.KindRemoved {
		delete(r.past, e.ID)
		return
	}
	p := r.past[e.ID]
	if p == nil {
		r.seen[e.ID] = struct{}{}
		if !slices.Contains(r.types, e.ID.Type) {
			r.types = append(r.types, e.ID.Type)
		}
	}
	if len(p) == keptChanges {
		p = slices.Delete(p, 0, 1)
	}
	r.past[e.ID] = append(p, e)
}

func (r *record) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = nil
}

// news is what followers take: the events after one that they know.
type news struct {
	events  []*supervisor.Event
	lost    uint64          // events before these, which are not kept any more
	changed <-chan struct{} // closed when there is more; nil: there will never be
}

func (r *record) after(seq uint64) news {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := news{changed: r.changed}
	first := r.seq - uint64(len(r.events)) // what came before the kept ones
	if seq < first {
		n.lost, seq = first-seq, first
	}
	rest := r.events[min(seq-first, uint64(len(r.events))):]
	n.events = slices.Clone(rest[:min(len(rest), eventBatch)])
	return n
}

// state is all instances as they were after the event seq.
type state struct {
	seq       uint64
	instances []supervisor.Event // the last of each
	changed   <-chan struct{}    // closed by the next event; nil: there will be none
}

// now returns the instances that are meant, in the order of the Procfile, then by number.
func (r *record) now(meant selection) state {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := state{seq: r.seq, changed: r.changed}
	for id, p := range r.past {
		if meant.has(id.Type, id.String()) {
			s.instances = append(s.instances, *p[len(p)-1])
		}
	}
	slices.SortFunc(s.instances, func(a, b supervisor.Event) int {
		return cmp.Or(slices.Index(r.types, a.ID.Type)-slices.Index(r.types, b.ID.Type), a.ID.N-b.ID.N)
	})
	return s
}

// latest returns the last one of an instance, that of its removal too, or nil, and what is closed
// by the next event of any; nil: there will be none.
func (r *record) latest(id supervisor.ID) (e *supervisor.Event, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.past[id]; len(p) > 0 {
		return p[len(p)-1], r.changed
	}
	for _, e := range slices.Backward(r.events) {
		if e.ID == id {
			return e, r.changed
		}
	}
	return nil, r.changed
}

// changes returns the last ones of an instance, none if it is not there.
func (r *record) changes(id supervisor.ID) []*supervisor.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.past[id])
}

// writers names all instances that have ever been.
func (r *record) writers(meant selection) (names []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.seen {
		if meant.has(id.Type, id.String()) {
			names = append(names, id.String())
		}
	}
	return names
}

// knows says that a name is, or has been, an instance's or a type's.
func (r *record) knows(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id, err := supervisor.ParseID(name)
	_, seen := r.seen[id]
	return err == nil && seen || slices.Contains(r.types, name)
}

// selection is the names of instances and process types; none of them means all.
type selection []string

func (s selection) has(processType, instance string) bool {
	return len(s) == 0 || slices.Contains(s, processType) || slices.Contains(s, instance)
}
