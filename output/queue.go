package output

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"
)

// DefaultQueue is how many bytes a [Queue] keeps when nobody says otherwise.
const DefaultQueue = 1 << 20

// queuedBatch is what a waiting batch costs besides its data.
const queuedBatch = 200

// A Queue stands before a sink that nobody may wait for, such as one that talks to a network:
// Write copies the batch and returns at once, and a goroutine hands it on. What finds the queue
// full is dropped, counted, and said in-band: a system record with the event "output-lost" comes
// in its place as soon as there is room. A sink that fails is dead, and all that comes for it is
// dropped and counted too. Its methods may be called from any goroutine.
type Queue struct {
	sink  Sink
	limit int // bytes
	ended chan struct{}

	mu      sync.Mutex
	changed *sync.Cond
	waiting []Batch
	bytes   int // what they cost
	missed  int // lines dropped and not yet told
	lost    int // lines dropped in all
	closed  bool
	dead    bool
}

// NewQueue returns a queue of at most limit bytes before sink. Close ends its goroutine.
func NewQueue(sink Sink, limit int) *Queue {
	q := &Queue{sink: sink, limit: limit, ended: make(chan struct{})}
	q.changed = sync.NewCond(&q.mu)
	go q.run()
	return q
}

// Write does not block and does not fail.
func (q *Queue) Write(b *Batch) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines := bytes.Count(b.Data, []byte("\n"))
	if q.dead || q.closed || q.bytes+len(b.Data)+2*queuedBatch > q.limit {
		q.missed += lines
		q.lost += lines
		return nil
	}
	if q.missed > 0 {
		q.tell()
	}
	kept := *b
	kept.Data = bytes.Clone(b.Data)
	q.put(kept)
	return nil
}

// Close hands on what waits, until ctx ends at the latest, and returns how many lines were lost
// in all, those that still wait among them.
func (q *Queue) Close(ctx context.Context) (lost int) {
	q.mu.Lock()
	if q.missed > 0 && !q.dead && !q.closed {
		q.tell()
	}
	q.closed = true
	q.changed.Signal()
	q.mu.Unlock()
	wait(q.ended, ctx.Done())
	q.mu.Lock()
	defer q.mu.Unlock()
	q.drop()
	return q.lost
}

// tell puts a record of what was dropped where it is missing.
func (q *Queue) tell() {
	b := Notice{
		Text:  fmt.Sprintf("%d lines of output were lost here: they came faster than they were taken", q.missed),
		Event: "output-lost", Cause: "the sink was slow",
	}.batch(Source{}, nil)
	b.Time = time.Now()
	q.missed = 0
	q.put(b)
}

func (q *Queue) put(b Batch) {
	q.waiting = append(q.waiting, b)
	q.bytes += len(b.Data) + queuedBatch
	q.changed.Signal()
}

// drop loses what waits.
func (q *Queue) drop() {
	for _, b := range q.waiting {
		if b.Event != "output-lost" {
			q.lost += bytes.Count(b.Data, []byte("\n"))
		}
	}
	q.waiting, q.bytes = nil, 0
}

func (q *Queue) run() {
	defer close(q.ended)
	for {
		b, ok := q.next()
		if !ok {
			return
		}
		if err := q.sink.Write(&b); err != nil {
			q.die(&b)
			return
		}
	}
}

// next waits for a batch. What it costs is given back now: the sink has one at a time.
func (q *Queue) next() (b Batch, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	if len(q.waiting) == 0 {
		return b, false
	}
	b, q.waiting[0] = q.waiting[0], Batch{} // or its data would stay
	q.waiting = q.waiting[1:]
	q.bytes -= len(b.Data) + queuedBatch
	return b, true
}

// die drops what the sink has refused, and what waits behind it.
func (q *Queue) die(refused *Batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dead = true
	q.waiting = append([]Batch{*refused}, q.waiting...)
	q.drop()
}
