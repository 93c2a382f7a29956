package output

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
)

// Notice is a record of supervise itself. Text may have several lines; Event and Cause
// are for machines.
type Notice struct{ Text, Event, Cause string }

// batch makes n a record about src, whose launch l may be nil. Its time is that of writing.
func (n Notice) batch(src Source, l *Launch) Batch {
	b := Batch{Source: src, Stream: System, Data: []byte(n.Text + "\n"), Event: n.Event, Cause: n.Cause}
	if l != nil {
		b.Launch, b.PID = l.number, l.pid
	}
	return b
}

// pay writes b, which is owed. The caller has the turn.
func (m *Mux) pay(b *Batch) {
	m.write(b)
	m.owed.Add(-int64(len(b.Data)))
}

// write gives b to the tail and the sinks. The caller has the turn.
func (m *Mux) write(b *Batch) {
	if b.Stream == System {
		b.Time = time.Now()
	}
	b.Offset = m.offset
	m.offset += int64(len(b.Data))
	m.tail.Write(b)
	if s := m.screen(b.Instance); s != nil && b.Stream == System {
		s.Say(b)
	}
	quiet := m.quiet[b.Type] && b.Stream != System
	var died error
	for _, o := range m.outlets {
		if o.tap || !quiet {
			died = errors.Join(died, o.write(b))
		}
	}
	if died != nil {
		m.mourn(died)
	}
}

// mourn tells of the death of a sink: the owner, the tail and the other sinks.
func (m *Mux) mourn(err error) {
	if m.sinkDied != nil {
		m.sinkDied(err)
	}
	m.add(Source{}, Notice{
		Text:  fmt.Sprintf("the output ends, the instances go on: %v", err),
		Event: "output-ended", Cause: err.Error(),
	})
}

// confess says what was lost of an instance's output. The caller has the turn.
func (m *Mux) confess(ln *lane) {
	if ln.lost.Load() == 0 {
		return
	}
	m.add(ln.source, Notice{
		Text:  fmt.Sprintf("%s lost %d bytes of output while nothing could be written", ln.source.Instance, ln.lost.Swap(0)),
		Event: "output-lost", Cause: "the output was blocked",
	})
}

// add writes a notice of the mux itself. The caller has the turn.
func (m *Mux) add(src Source, n Notice) {
	b := n.batch(src, nil)
	m.write(&b)
}

// An outlet is a sink, and the count of what it has not taken.
type outlet struct {
	sink    Sink
	tap     bool // gets what is quiet, too
	dead    bool
	missed  int           // bytes lost to a full disk and not yet told
	refused *atomic.Int64 // the mux's count
	full    func(error)   // SinkFull
}

// write returns the error that the sink dies of.
func (o *outlet) write(b *Batch) error {
	if o.dead {
		o.refused.Add(int64(len(b.Data)))
		return nil
	}
	if o.missed > 0 {
		o.tell()
	}
	err := o.sink.Write(b)
	if err == nil {
		return nil
	}
	o.refused.Add(int64(len(b.Data)))
	if isFull(err) {
		if o.missed == 0 && o.full != nil {
			o.full(err)
		}
		o.missed += len(b.Data)
		return nil
	}
	o.dead = true
	return err
}

// tell tries to say what the full disk has cost.
func (o *outlet) tell() {
	b := Notice{
		Text:  fmt.Sprintf("%d bytes of output were lost: no space was left", o.missed),
		Event: "output-lost", Cause: "no space left",
	}.batch(Source{}, nil)
	b.Time = time.Now()
	if o.sink.Write(&b) == nil {
		o.missed = 0
	}
}

// isFull says whether a write failed only for now: a log on a full disk must not end the app.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
