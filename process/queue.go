package process

import "sync"

// queue is an unbounded line: put never blocks, whoever serves it waits on ready.
// It is ready when something was put since the last take; one that takes empties it.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	ready chan struct{} // of size 1: a bell, not a count
}

func newQueue[T any]() *queue[T] {
	return &queue[T]{ready: make(chan struct{}, 1)}
}

func (q *queue[T]) put(item T) {
	q.mu.Lock()
	q.items = append(q.items, item)
	q.mu.Unlock()
	q.ring()
}

// ring wakes whoever serves it.
func (q *queue[T]) ring() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queue[T]) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) == 0
}

// take removes the first.
func (q *queue[T]) take() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return item, false
	}
	item, q.items[0] = q.items[0], item // let go of what it refers to
	if q.items = q.items[1:]; len(q.items) == 0 {
		q.items = nil // a line of a thousand may have been the only one
	}
	return item, true
}

// remove takes out the first that matches, wherever it stands.
func (q *queue[T]) remove(matches func(T) bool) (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, item := range q.items {
		if matches(item) {
			q.items = append(q.items[:i], q.items[i+1:]...)
			return item, true
		}
	}
	return item, false
}
