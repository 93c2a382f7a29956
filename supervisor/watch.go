package supervisor

import (
	"context"
	"io"
	"sync"
	"time"
)

// Snapshot is the state of every instance: the last event of each, in no order.
type Snapshot struct {
	Seq       uint64    // of the last event that it knows of
	Ending    bool      // the shutdown has begun
	EndAsked  time.Time // when it began
	Instances map[ID]Event
}

// board is where the loop leaves its events: the last of each instance, and the
// queues of the watchers, which share an event: it does not change. Its mutex is held
// only to copy.
type board struct {
	mu       sync.Mutex
	seq      uint64
	ending   bool
	endAsked time.Time
	last     map[ID]*Event
	watchers map[*Watcher]struct{}
	closed   bool
}

func newBoard() *board {
	return &board{last: map[ID]*Event{}, watchers: map[*Watcher]struct{}{}}
}

// publish numbers an event and hands it to every watcher.
func (b *board) publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	e.Seq = b.seq
	switch {
	case e.Kind == KindRunEnding:
		b.ending, b.endAsked = true, e.Time
	case e.Kind == KindRemoved:
		delete(b.last, e.ID)
	case e.ID != (ID{}):
		b.last[e.ID] = &e
	}
	for w := range b.watchers {
		w.add(&e)
	}
}

func (b *board) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for w := range b.watchers {
		w.signal()
	}
}

// Watcher is a queue of events. It belongs to one goroutine.
type Watcher struct {
	board *board
	limit int
	wake  chan struct{}

	// Guarded by board.mu.
	queue []*Event
	lost  uint64
}

// Watch gives the state of every instance and a watcher for all events after it; no
// event lies between the two. The watcher's queue holds at most limit events; limit
// 0 means that nothing is ever lost, for those who must hear all and are known to
// read.
func (s *Supervisor) Watch(limit int) (Snapshot, *Watcher) {
	b := s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &Watcher{board: b, limit: limit, wake: make(chan struct{}, 1)}
	b.watchers[w] = struct{}{}
	snapshot := Snapshot{Seq: b.seq, Ending: b.ending, EndAsked: b.endAsked, Instances: make(map[ID]Event, len(b.last))}
	for id, e := range b.last {
		snapshot.Instances[id] = *e
	}
	return snapshot, w
}

// add queues an event; when the queue is full the backlog is dropped and counted.
func (w *Watcher) add(e *Event) {
	if w.limit > 0 && len(w.queue) >= w.limit {
		w.lost += uint64(len(w.queue))
		w.queue = nil
	}
	w.queue = append(w.queue, e)
	w.signal()
}

func (w *Watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Next waits for the next event, which all watchers share and nobody may change. Lost
// counts the events dropped before it: a watcher that has lost some wants a new Snapshot.
// After the last event of the run it returns io.EOF.
func (w *Watcher) Next(ctx context.Context) (e *Event, lost uint64, err error) {
	for {
		if e, lost, ok, closed := w.pop(); ok {
			return e, lost, nil
		} else if closed {
			return nil, 0, io.EOF
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

func (w *Watcher) pop() (e *Event, lost uint64, ok, closed bool) {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if len(w.queue) == 0 {
		return nil, 0, false, w.board.closed
	}
	e, lost = w.queue[0], w.lost
	w.queue, w.lost = w.queue[1:], 0
	return e, lost, true, false
}

// Close ends the watching. It may be called more than once.
func (w *Watcher) Close() {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	delete(w.board.watchers, w)
}
