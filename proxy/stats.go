package proxy

import (
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Figures tell of requests. Counts are since New.
type Figures struct {
	Requests  uint64         // that reached a backend, each try once
	PerSecond float64        // of these, over the last 10 s
	Wait      time.Duration  // how long those had to wait for a backend, on average
	InFlight  int            // at backends now
	Queued    uint64         // that had to wait for a backend
	QueueTime time.Duration  // the sum of their waits
	Answers   map[int]uint64 // by status code
}

// Snapshot is what a front door has to tell of itself. Its Answers are its own too, among
// them 499 for a client that did not wait.
type Snapshot struct {
	Figures
	Refusals    map[int]uint64     // the answers that are its own
	Parked      int                // requests that are waiting for a backend now
	Retried     uint64             // tries that failed and were made again
	Connections int                // of clients
	ByName      map[string]Figures // of each name that a backend has ever had, all its launches
	Backends    []BackendSnapshot
}

// BackendSnapshot is one backend that is open, or closed and not drained yet.
type BackendSnapshot struct {
	Backend
	Addr     netip.AddrPort
	Draining bool
	InFlight int
}

// tally counts for a table, under its lock.
type tally struct {
	all      counts
	refusals map[int]uint64
	byName   map[string]*counts // for good: a name that comes back goes on
	retried  uint64
}

func newTally() tally {
	return tally{all: newCounts(), refusals: map[int]uint64{}, byName: map[string]*counts{}}
}

func (t *tally) of(name string) *counts {
	c := t.byName[name]
	if c == nil {
		own := newCounts()
		c = &own
		t.byName[name] = c
	}
	return c
}

func (t *tally) claimed(b *backend) {
	now := time.Now()
	t.all.rate.add(now)
	b.counts.rate.add(now)
}

// waited notes the wait of a request for b or, if b is nil, in vain.
func (t *tally) waited(b *backend, d time.Duration) {
	now := time.Now()
	t.all.waited(now, d)
	if b != nil {
		b.counts.waited(now, d)
	}
}

// count notes an answer, of b or, if b is nil, of our own.
func (t *table) count(b *backend, code int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.all.answers[code]++
	if b == nil {
		t.tally.refusals[code]++
	} else {
		b.counts.answers[code]++
	}
}

// retry notes a try that is made again.
func (t *table) retry() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.retried++
}

func (t *table) snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	s := Snapshot{
		Figures: t.tally.all.figures(now), Refusals: maps.Clone(t.tally.refusals),
		Parked: t.parked.Len(), Retried: t.tally.retried,
		ByName: make(map[string]Figures, len(t.tally.byName)),
	}
	s.InFlight = t.busy
	for name, c := range t.tally.byName {
		s.ByName[name] = c.figures(now)
	}
	for _, b := range slices.Concat(t.backends, t.draining) {
		s.Backends = append(s.Backends, BackendSnapshot{
			Backend: b.name, Addr: b.addr, Draining: b.drained != nil, InFlight: b.claims,
		})
		f := s.ByName[b.name.Name]
		f.InFlight += b.claims
		s.ByName[b.name.Name] = f
	}
	return s
}

// counts are what is counted under one name.
type counts struct {
	rate      rate
	queued    uint64
	queueTime time.Duration
	answers   map[int]uint64
}

func newCounts() counts { return counts{answers: map[int]uint64{}} }

func (c *counts) waited(now time.Time, d time.Duration) {
	c.queued++
	c.queueTime += d
	c.rate.at(now).waited += d
}

// figures are all but what is in flight, which the backends know.
func (c *counts) figures(now time.Time) Figures {
	perSecond, wait := c.rate.lately(now)
	return Figures{
		Requests: c.rate.total, PerSecond: perSecond, Wait: wait,
		Queued: c.queued, QueueTime: c.queueTime, Answers: maps.Clone(c.answers),
	}
}

// rate counts, and knows how many there were in each of the last seconds.
type rate struct {
	total   uint64
	seconds [window + 1]second // one more: that which has not ended
}

type second struct {
	unix, n int64
	waited  time.Duration // by all of n
}

const window = 10

func (r *rate) add(now time.Time) {
	r.total++
	r.at(now).n++
}

// at is the second of now.
func (r *rate) at(now time.Time) *second {
	unix := now.Unix()
	s := &r.seconds[unix%int64(len(r.seconds))]
	if s.unix != unix {
		*s = second{unix: unix}
	}
	return s
}

// lately is the mean of the last ten whole seconds, and the mean wait in them.
func (r *rate) lately(now time.Time) (perSecond float64, wait time.Duration) {
	var sum second
	for _, s := range r.seconds {
		if age := now.Unix() - s.unix; age >= 1 && age <= window {
			sum.n += s.n
			sum.waited += s.waited
		}
	}
	return float64(sum.n) / window, sum.waited / time.Duration(max(sum.n, 1))
}
