package output

import (
	"context"
	"sync"
	"sync/atomic"
)

// Options say where records go. The zero value keeps and prints nothing.
type Options struct {
	// Sinks get every record, in this order.
	Sinks []Sink
	// Taps get every record after the Sinks, those of Quiet types too.
	Taps []Sink
	// TailBytes is the memory for the last records of one instance; 0 keeps none.
	// [DefaultTail] is the flag's default.
	TailBytes int
	// Quiet are the process types whose lines go to the tail and the Taps alone. What
	// supervise says about them is printed all the same.
	Quiet []string
	// SinkDied, if set, is called once for each sink that has failed for good. It must
	// neither block nor call the Mux.
	SinkDied func(error)
	// SinkFull, if set, is called when a full disk begins to cost a sink output. It must
	// neither block nor call the Mux.
	SinkFull func(error)
}

// Mux makes one ordered stream of the records of all instances. Its methods may be called
// from any goroutine.
type Mux struct {
	turn     turn // to use outlets, offset, write and confess
	outlets  []*outlet
	offset   int64
	tail     *Tail
	quiet    map[string]bool
	sinkDied func(error)
	row      lastRow

	buffer  [MaxLine + flood + 1]byte // belongs to the reader whose turn it is, with room for a last newline
	most    int                       // bytes that it reads at once
	batch   Batch
	owed    atomic.Int64 // bytes that whoever has the turn has yet to write
	unread  atomic.Int64 // Loss.Unread
	refused atomic.Int64 // Loss.Refused
	closed  chan struct{}

	mu       sync.Mutex // for lanes, and for what launches share; nothing waits under it
	closing  bool
	lanes    map[string]*lane  // by instance
	lastExit *Launch           // who had the last exit notice, behind which others may wait
	screens  map[string]Screen // by instance
}

// Loss says how many bytes of output did not come out.
type Loss struct {
	// Unread was given up before the sinks had it, because they were blocked.
	Unread int64
	// Refused came to a sink that had failed. With two sinks it counts twice.
	Refused int64
}

// NewMux returns a Mux that does nothing until something is opened.
func NewMux(o Options) *Mux {
	m := &Mux{
		turn:     newTurn(),
		most:     usualPipe,
		tail:     NewTail(o.TailBytes),
		quiet:    make(map[string]bool),
		sinkDied: o.SinkDied,
		closed:   make(chan struct{}),
		lanes:    make(map[string]*lane),
		screens:  make(map[string]Screen),
	}
	m.row.mux = m
	for _, s := range o.Sinks {
		m.outlets = append(m.outlets, &outlet{sink: s, refused: &m.refused, full: o.SinkFull})
		if s, ok := s.(rowSink); ok {
			m.row.sinks = append(m.row.sinks, s)
		}
	}
	for _, s := range o.Taps {
		m.outlets = append(m.outlets, &outlet{sink: s, tap: true, refused: &m.refused, full: o.SinkFull})
	}
	for _, t := range o.Quiet {
		m.quiet[t] = true
	}
	return m
}

// Loss returns what has been lost until now.
func (m *Mux) Loss() Loss { return Loss{Unread: m.unread.Load(), Refused: m.refused.Load()} }

// Tail returns the records that are kept.
func (m *Mux) Tail() *Tail { return m.tail }

// Notice writes a system record about src, or about supervise if src is zero. While an
// exit notice waits for last words, n is put behind it, at once. Otherwise Notice
// returns when every sink has taken the record: while one is blocked it waits, so nothing
// that decides about processes may call it. After Close it does nothing.
func (m *Mux) Notice(src Source, n Notice) {
	b, queued := m.queueBehindExit(src, n)
	if queued || !m.turn.take(m.closed) {
		return
	}
	defer m.turn.pass()
	m.owed.Add(int64(len(b.Data)))
	m.pay(&b)
}

// Close brings in what is in the pipes, until ctx ends at the latest, and ends the Mux: no
// sink is called after it, though a call that is blocked stays so. Instances should be
// gone: what they write from now on is not read. It returns what was lost in the whole
// run; a second call returns the same.
func (m *Mux) Close(ctx context.Context) Loss {
	for _, l := range m.shut() {
		l.finish(ctx.Done())
	}
	if !isClosed(m.closed) {
		m.HideRow(ctx)
		taken := m.turn.take(ctx.Done()) // and never passed on
		close(m.closed)
		for _, l := range m.shut() {
			l.giveUp()
		}
		if !taken {
			m.unread.Add(m.owed.Load())
		}
	}
	return m.Loss()
}

func (m *Mux) lose(ln *lane, bytes int) {
	ln.lost.Add(int64(bytes))
	m.unread.Add(int64(bytes))
}
