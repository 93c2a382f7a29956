package metrics

import (
	"bytes"
	"sync"

	"supervise/output"
)

// streams are those that instances write.
var streams = [...]output.Stream{output.Stdout, output.Stderr, output.TTY}

// written is the sink that counts what each instance has written. What supervise says of
// it is not counted.
type written struct {
	mu sync.Mutex
	by map[string]*[len(streams)]amount // by instance, for good: a name that comes back goes on
}

type amount struct{ lines, bytes uint64 }

// Write counts. It never fails.
func (w *written) Write(b *output.Batch) error {
	if int(b.Stream) >= len(streams) {
		return nil
	}
	n := amount{uint64(bytes.Count(b.Data, newline)), uint64(len(b.Data))}
	if b.Cut { // a piece ends without a newline of its own
		n.lines, n.bytes = n.lines-1, n.bytes-1
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.by[b.Instance]
	if all == nil {
		if all = new([len(streams)]amount); w.by == nil {
			w.by = map[string]*[len(streams)]amount{}
		}
		w.by[b.Instance] = all
	}
	all[b.Stream].lines += n.lines
	all[b.Stream].bytes += n.bytes
	return nil
}

var newline = []byte{'\n'}

// of is what an instance has written.
func (w *written) of(instance string) [len(streams)]amount {
	w.mu.Lock()
	defer w.mu.Unlock()
	if all := w.by[instance]; all != nil {
		return *all
	}
	return [len(streams)]amount{}
}
