package metrics

import (
	"maps"
	"slices"
	"time"

	"supervise/supervisor"
)

// cause is what made a restart necessary.
type cause uint8

const (
	asked   cause = iota // a command, a roll, a reload
	exit                 // its leader had exited by itself
	killed               // a signal had killed it that we had not sent
	launch               // it could not be launched
	unknown              // more happened at once than could be counted

	nCauses = iota
)

var causes = [nCauses]string{"asked", "exit", "signal", "launch", "unknown"}

// tally is what events say: a pure function of them, in their order.
type tally struct {
	seq, lost      uint64                      // of the last event; how many were not counted
	ending, ended  bool                        // the shutdown has begun; the run has ended
	instances      map[supervisor.ID]*instance // for good: one that comes back goes on counting
	startup, drain durations
}

// instance is what is known of one.
type instance struct {
	last     supervisor.Event
	away     bool // it was scaled away
	restarts [nCauses]int
	next     cause     // of the restart that is to come
	asked    time.Time // when it was asked to stop, until it is gone; zero: it was not
}

func newTally() *tally {
	return &tally{
		instances: map[supervisor.ID]*instance{},
		startup:   newDurations(startup),
		drain:     newDurations(drain),
	}
}

// count takes the next event.
func (t *tally) count(e supervisor.Event) {
	t.seq = e.Seq
	switch {
	case e.Kind == supervisor.KindRunEnding:
		t.ending = true
	case e.Kind == supervisor.KindRunEnded:
		t.ended = true
	case e.Kind == supervisor.KindRemoved:
		t.of(e.ID).away = true
	case e.ID != (supervisor.ID{}):
		t.of(e.ID).count(e, t)
	}
}

// resume goes on from a snapshot, behind events that were lost.
func (t *tally) resume(s supervisor.Snapshot) {
	t.lost += s.Seq - t.seq
	t.seq, t.ending = s.Seq, t.ending || s.Ending
	for _, i := range t.instances {
		i.away = true
	}
	for id, e := range s.Instances {
		i := t.of(id)
		i.next, i.asked = unknown, time.Time{}
		i.count(e, t)
	}
}

// here lists the instances that there are, in order.
func (t *tally) here() (all []*instance) {
	for _, id := range slices.SortedFunc(maps.Keys(t.instances), inOrder) {
		if i := t.instances[id]; !i.away {
			all = append(all, i)
		}
	}
	return all
}

// of gives an instance, and its type a place, from the first event on: a counter that
// first shows up at 1 has never increased.
func (t *tally) of(id supervisor.ID) *instance {
	i := t.instances[id]
	if i == nil {
		i = &instance{}
		t.instances[id] = i
		t.startup.WithLabelValues(id.Type)
		t.drain.WithLabelValues(id.Type)
	}
	return i
}

func (i *instance) count(e supervisor.Event, t *tally) {
	i.away = false
	if before := max(i.last.Launch, 1); e.Launch > before {
		i.restarts[i.next] += e.Launch - before
	}
	i.next = nextCause(i.next, e)
	if e.Kind == supervisor.KindReady {
		t.startup.observe(e.ID.Type, e.Time.Sub(e.Since))
	}
	switch leaving := leaving(e.To); {
	case leaving && i.asked.IsZero() && e.From == supervisor.Up && e.Kind == supervisor.KindChanged:
		i.asked = e.Time
	case !leaving && !i.asked.IsZero():
		t.drain.observe(e.ID.Type, e.Time.Sub(i.asked))
		i.asked = time.Time{}
	}
	i.last = e
}

// nextCause says what the next restart will be due to. Only in the state up does an
// instance end by itself.
func nextCause(before cause, e supervisor.Event) cause {
	switch {
	case e.To == supervisor.Ended, e.To == supervisor.Failed:
		return asked
	case e.Kind == supervisor.KindLaunchFailed:
		return launch
	case e.Kind == supervisor.KindExited && e.From == supervisor.Up && e.Status.Signal != 0:
		return killed
	case e.Kind == supervisor.KindExited && e.From == supervisor.Up:
		return exit
	case leaving(e.To) && before != asked, e.To == supervisor.BackingOff:
		return before // its end has been told, or will be by who is gone
	default:
		return asked
	}
}

// leaving says that an instance in this state will have no process.
func leaving(s supervisor.State) bool {
	return s == supervisor.Draining || s == supervisor.Stopping || s == supervisor.Killing
}
