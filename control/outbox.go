package control

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"supervise/output"
	"supervise/supervisor"
)

// outbox is what an attached client is still to be told. It implements [output.Screen], and
// never blocks: a client that is too slow loses its backlog, and is told how much it was.
type outbox struct {
	wake chan struct{}

	mu     sync.Mutex
	frames []frame
	size   int
	lost   int // bytes
	taken  int // frames that were typed
	ended  int // the last launch whose end was said
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// Show adds what has appeared.
func (o *outbox) Show(p []byte) {
	for piece := range slices.Chunk(p, maxFrame) {
		o.add(frame{frameOutput, bytes.Clone(piece)})
	}
}

// fits says that other can be added to f: not every key's echo is a frame.
func (f frame) fits(other frame) bool {
	return f.kind == frameOutput && other.kind == frameOutput && len(f.data)+len(other.data) <= maxFrame
}

// Say adds what supervise says.
func (o *outbox) Say(b *output.Batch) {
	for line := range b.Lines() {
		o.add(frame{frameNotice, output.Printable(line)})
	}
	if b.Event == supervisor.KindExited.String() || b.Event == supervisor.KindLaunchFailed.String() {
		o.sayEnd(b.Launch)
	}
}

// sayEnd notes that the end of a launch is said, or will not be.
func (o *outbox) sayEnd(launch int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = max(o.ended, launch)
}

func (o *outbox) add(f frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.size > 0 && o.size+len(f.data) > maxQueued {
		o.lost += o.size
		o.frames, o.size = nil, 0
	}
	o.size += len(f.data)
	if last := len(o.frames) - 1; last >= 0 && o.frames[last].fits(f) {
		o.frames[last].data = append(o.frames[last].data, f.data...)
	} else {
		o.frames = append(o.frames, f)
	}
	o.alert()
}

// typed answers a frameTyped.
func (o *outbox) typed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken++
	o.alert()
}

func (o *outbox) alert() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take empties the outbox. Of frames that were dropped the first one tells.
func (o *outbox) take() (all []frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for ; o.taken > 0; o.taken-- {
		all = append(all, frame{kind: frameTaken})
	}
	if o.lost > 0 {
		text := fmt.Sprintf("%d bytes came faster than they were read and are not shown", o.lost)
		all = append(all, frame{frameNotice, []byte(text)})
	}
	all = append(all, o.frames...)
	o.frames, o.size, o.lost = nil, 0, 0
	return all
}

// saidEnd says that the end of a launch has been said.
func (o *outbox) saidEnd(launch int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended >= launch
}
