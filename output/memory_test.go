package output

import (
	"context"
	"runtime"
	"strings"
	"testing"
)

// A counter counts bytes, and remembers the most memory that was used.
type counter struct {
	bytes, pieces int
	heap          uint64
}

func (c *counter) Write(b *Batch) error {
	c.bytes += len(b.Data)
	if b.Cut {
		c.bytes-- // a newline of ours
		c.pieces++
	}
	if c.pieces%100 == 0 {
		c.heap = max(c.heap, heap())
	}
	return nil
}

// heap is what is in use, after a collection.
func heap() uint64 {
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	return mem.HeapAlloc
}

func TestALineWithoutEndTakesConstantMemory(t *testing.T) {
	const blocks, most = 500, 4 << 20 // 32 MB
	before := heap()
	c := &counter{}
	m := NewMux(Options{Sinks: []Sink{c}, TailBytes: DefaultTail})
	a := start(t, m, "web.1", 1)
	block := strings.Repeat("x", MaxLine)
	for range blocks {
		a.say(t, block)
	}
	a.die()
	m.Close(context.Background())
	if want := blocks * len(block); c.bytes != want+1 { // and the newline at the end
		t.Errorf("%d bytes came, want %d", c.bytes, want+1)
	}
	if c.pieces != blocks-1 {
		t.Errorf("%d pieces came, want %d", c.pieces, blocks-1)
	}
	if grown := c.heap - before; c.heap > before && grown > most {
		t.Errorf("the memory has grown by %d bytes, want at most %d", grown, most)
	}
}
