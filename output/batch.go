package output

import (
	"bytes"
	"iter"
	"time"
)

// MaxLine is the longest record, in bytes without its newline. A longer line goes on in
// pieces, so that no child can make us grow.
const MaxLine = 64 << 10

// Stream is where a record was written.
type Stream uint8

// The streams of an instance. TTY is a pseudo-terminal, which is both; System records are
// supervise's own.
const (
	Stdout Stream = iota
	Stderr
	TTY
	System
)

// String returns the name that --log-format json prints.
func (s Stream) String() string {
	return [...]string{"stdout", "stderr", "tty", "system"}[s]
}

// Source is an instance: who wrote, or for system records whom they are about. The zero
// Source is supervise itself.
type Source struct{ Type, Instance string }

// Batch is records of one stream that were read together. It is valid only during
// [Sink.Write].
type Batch struct {
	Source
	Launch int // the instance's nth start, from 1; 0 in a system record that concerns none
	PID    int // of the launch's leader; 0 as above
	Stream Stream
	Time   time.Time // when it was read
	// Offset counts the bytes of all records before this one, of all instances: Offset
	// plus a position in Data is a cursor that names one line of one run.
	Offset int64
	// Data is one or more whole lines, each ending in '\n', which is added where the
	// stream ended without one and after a piece. It is at most MaxLine+1 bytes, but in
	// system records.
	Data []byte
	// Cut says that Data is a piece of a long line, which goes on in the next batch of
	// this stream.
	Cut bool
	// Event and Cause say what happened and why, in system records only.
	Event, Cause string
}

// Lines yields the lines of Data without their ends. A carriage return before the newline
// belongs to the end, as for foreman: programs that think of a terminal write CRLF. A terminal
// adds one itself if a program has turned that on (OPOST, termios(3)), so there two do.
func (b *Batch) Lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := b.Data; len(rest) > 0; {
			end := bytes.IndexByte(rest, '\n')
			line := rest[:end]
			if !b.Cut {
				line = bytes.TrimSuffix(line, carriageReturn)
			}
			if !b.Cut && b.Stream == TTY {
				line = bytes.TrimSuffix(line, carriageReturn)
			}
			if !yield(line) {
				return
			}
			rest = rest[end+1:]
		}
	}
}

var carriageReturn = []byte{'\r'}

// Sink takes batches, in the order in which users see them.
//
// Write is called by one goroutine at a time. It must not change the batch nor keep it or
// its Data. It may block: that is back-pressure, and every instance feels it; a sink that
// must not slow the app stands behind a [Queue]. After an error a sink is not called again, and
// what it misses is counted, unless the error is a full disk (ENOSPC, EDQUOT): then only
// that batch is lost, and the sink is told so by a record as soon as it takes one.
type Sink interface {
	Write(*Batch) error
}
