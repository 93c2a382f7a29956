package control

import (
	"bytes"
	"slices"
	"sync"

	"supervise/output"
)

// maxQueued is how many bytes a follower of the log may be behind, its records' own size
// included.
const (
	maxQueued  = 1 << 20
	recordSize = 256
)

// system is the name of supervise itself among those who write.
const system = "system"

// Lines is the sink through which logs are followed. It never blocks: a follower that is
// too slow loses its backlog. The zero value is ready. It is given to the mux as one of its
// Taps, so that it gets the lines of quiet types too.
type Lines struct {
	mu        sync.Mutex
	followers map[*follower]struct{}
}

// follower is a queue of records. Its fields are guarded by Lines.mu.
type follower struct {
	meant selection
	wake  chan struct{}
	queue []output.Batch
	size  int
	lost  uint64 // lines that were dropped
}

// Write hands a copy of b to all who follow its writer. It does not fail.
func (l *Lines) Write(b *output.Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var own []byte // one copy for all, which nobody changes
	for f := range l.followers {
		if !wants(f.meant, b) {
			continue
		}
		if own == nil {
			own = bytes.Clone(b.Data)
		}
		f.add(*b, own)
	}
	return nil
}

// wants says that a record is by or about who is meant.
func wants(meant selection, b *output.Batch) bool {
	return b.Stream == output.System && meant.has(system, system) ||
		b.Source != (output.Source{}) && meant.has(b.Type, b.Instance)
}

func (f *follower) add(b output.Batch, data []byte) {
	if f.size > 0 && f.size+recordSize+len(data) > maxQueued {
		f.lost += countLines(f.queue)
		f.queue, f.size = nil, 0
	}
	b.Data = data
	f.queue, f.size = append(f.queue, b), f.size+recordSize+len(data)
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// follow queues what is written from now on by those who are meant. A nil Lines has
// nothing to follow.
func (l *Lines) follow(meant selection) *follower {
	f := &follower{meant: meant, wake: make(chan struct{}, 1)}
	if l == nil {
		return f
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.followers == nil {
		l.followers = map[*follower]struct{}{}
	}
	l.followers[f] = struct{}{}
	return f
}

func (l *Lines) leave(f *follower) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.followers, f)
}

// take empties a follower's queue.
func (l *Lines) take(f *follower) (queue []output.Batch, lost uint64) {
	if l == nil {
		return nil, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	queue, lost = f.queue, f.lost
	f.queue, f.size, f.lost = nil, 0, 0
	return queue, lost
}

func countLines(batches []output.Batch) (n uint64) {
	for _, b := range batches {
		n += uint64(bytes.Count(b.Data, []byte{'\n'}))
	}
	return n
}

// lastLines keeps the last n lines of batches.
func lastLines(batches []output.Batch, n int) []output.Batch {
	for i, b := range slices.Backward(batches) {
		lines := bytes.Count(b.Data, []byte{'\n'})
		if lines <= n {
			n -= lines
			continue
		}
		kept := batches[i:]
		for range lines - n {
			_, rest, _ := bytes.Cut(kept[0].Data, []byte{'\n'})
			kept[0].Offset += int64(len(kept[0].Data) - len(rest))
			kept[0].Data = rest
		}
		return kept
	}
	return batches
}
