package proxy

import (
	"maps"
	"net/netip"
	"time"
)

// Snapshot is what a front door has to tell of itself. Counts are since New.
type Snapshot struct {
	Requests    uint64         // that reached a backend, each try once
	PerSecond   float64        // of these, over the last 10 s
	InFlight    int            // at backends now
	Parked      int            // waiting for a backend now
	Queued      uint64         // that had to wait
	QueueTime   time.Duration  // the sum of their waits
	Retried     uint64         // tries that failed and were made again
	Answers     map[int]uint64 // by status code, our own too; 499: the client did not wait
	Connections int            // of clients
	Backends    []BackendSnapshot
}

// BackendSnapshot is one backend that is open, or closed and not drained yet.
type BackendSnapshot struct {
	Backend
	Addr      netip.AddrPort
	Draining  bool
	Requests  uint64
	PerSecond float64
	InFlight  int
	Answers   map[int]uint64
}

// tally counts for a table, under its lock.
type tally struct {
	rate      rate
	answers   map[int]uint64
	queued    uint64
	queueTime time.Duration
	retried   uint64
}

func newTally() tally { return tally{answers: make(map[int]uint64)} }

func (t *tally) claimed(b *backend) {
	now := time.Now()
	t.rate.add(now)
	b.rate.add(now)
}

func (t *tally) waited(d time.Duration) {
	t.queued++
	t.queueTime += d
}

// count notes an answer, of b or, if b is nil, of our own.
func (t *table) count(b *backend, code int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.answers[code]++
	if b != nil {
		b.answers[code]++
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
		Requests: t.tally.rate.total, PerSecond: t.tally.rate.perSecond(now),
		InFlight: t.busy, Parked: t.parked.Len(),
		Queued: t.tally.queued, QueueTime: t.tally.queueTime,
		Retried: t.tally.retried, Answers: maps.Clone(t.tally.answers),
	}
	for _, b := range t.backends {
		s.Backends = append(s.Backends, b.snapshot(now))
	}
	for _, b := range t.draining {
		s.Backends = append(s.Backends, b.snapshot(now))
	}
	return s
}

func (b *backend) snapshot(now time.Time) BackendSnapshot {
	return BackendSnapshot{
		Backend: b.name, Addr: b.addr, Draining: b.drained != nil,
		Requests: b.rate.total, PerSecond: b.rate.perSecond(now),
		InFlight: b.claims, Answers: maps.Clone(b.answers),
	}
}

// rate counts, and knows how many there were in each of the last seconds.
type rate struct {
	total   uint64
	seconds [window + 1]struct{ at, n int64 } // one more: the second that has not ended
}

const window = 10

func (r *rate) add(now time.Time) {
	r.total++
	at := now.Unix()
	s := &r.seconds[at%int64(len(r.seconds))]
	if s.at != at {
		s.at, s.n = at, 0
	}
	s.n++
}

// perSecond is the mean of the last ten whole seconds.
func (r *rate) perSecond(now time.Time) float64 {
	var n int64
	for _, s := range r.seconds {
		if age := now.Unix() - s.at; age >= 1 && age <= window {
			n += s.n
		}
	}
	return float64(n) / window
}
