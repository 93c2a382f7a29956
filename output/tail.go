package output

import "sync"

// DefaultTail is how many bytes of each instance are kept when nobody says otherwise.
const DefaultTail = 1 << 20

// Tail is a sink that keeps the last records of every instance in memory: the raw bytes,
// for a text or JSON sink to print later. What an instance wrote, and system
// records about it, are kept under its name; under "" are all system records, so that no
// flood of lines drives them out. Its methods may be called from any goroutine.
type Tail struct {
	size  int
	mu    sync.Mutex
	rings map[string]*ring // by instance
}

// NewTail returns a tail that keeps at most size bytes of an instance, what it needs to
// tell records apart included; 0 keeps nothing. Memory grows with what is written.
func NewTail(size int) *Tail {
	return &Tail{size: size, rings: make(map[string]*ring)}
}

// Write keeps b. It does not fail.
func (t *Tail) Write(b *Batch) error {
	if t.size <= 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ring(b.Source).add(b)
	if b.Stream == System && b.Source != (Source{}) {
		t.ring(Source{}).add(b)
	}
	return nil
}

func (t *Tail) ring(of Source) *ring {
	r := t.rings[of.Instance]
	if r == nil {
		r = &ring{limit: t.size, source: of}
		t.rings[of.Instance] = r
	}
	return r
}

// Since returns the kept records of an instance whose [Batch.Offset] is cursor or more,
// oldest first. They are the caller's. The next cursor is the last one's Offset plus the
// length of its Data; 0 is the beginning. Whole says that nothing after cursor has been
// dropped to make room.
func (t *Tail) Since(instance string, cursor int64) (batches []Batch, whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rings[instance]
	if r == nil {
		return nil, true
	}
	return r.since(cursor), r.dropped <= cursor
}
