package output

import (
	"bytes"
	"io"
	"strings"
	"time"
)

// systemName is the name before supervise's own records.
const systemName = "system"

// clockLayout is the time before each line.
const clockLayout = "15:04:05 "

// TextOptions say how text looks. The zero value prints the lines alone, as they are.
type TextOptions struct {
	// Terminal says that w is a terminal: control characters and escape sequences other
	// than colours do not reach it, colours end with their line, and of a progress bar that
	// draws itself again after a carriage return the last state is shown.
	Terminal bool
	// Color colours the prefix, by the instance's name.
	Color bool
	// Prefix puts the instance's name before each line, Timestamp the time of day, in the
	// location of Batch.Time.
	Prefix, Timestamp bool
	// Names are the instances known so far: prefixes are as wide as the longest. A longer
	// one that comes later widens those after it.
	Names []string
	// Columns, if set, says how wide the terminal is now, and 0 while somebody else has it in
	// the foreground. With it the newest unfinished line is shown below all others, and drawn
	// again below those that come. It is called by one goroutine at a time.
	Columns func() int
}

// NewText returns a sink that writes lines as foreman does:
//
//	15:04:05 web.1    | Listening on 5000
//
// A batch is one write, but for very short lines. Whoever gives it standard output must
// handle SIGPIPE, which would kill us there (os/signal), to make EPIPE of it.
func NewText(w io.Writer, o TextOptions) Sink {
	t := text{o: o, w: newWriter(w), width: o.nameWidth(), labels: make(map[string]label)}
	if o.Columns != nil {
		return &textWithRow{text: t}
	}
	return &t
}

// PrefixWidth is how many columns stand before each line, as long as no longer name comes.
func (o TextOptions) PrefixWidth() (columns int) {
	if o.Timestamp {
		columns += len(clockLayout)
	}
	if o.Prefix {
		columns += o.nameWidth() + len(" | ")
	}
	return columns
}

func (o TextOptions) nameWidth() int {
	width := len(systemName)
	for _, n := range o.Names {
		width = max(width, len(n))
	}
	return width
}

type text struct {
	o      TextOptions
	w      writer
	out    []byte
	prefix []byte
	width  int
	labels map[string]label // by name
	second int64            // that stamp shows
	stamp  []byte
}

// A label is what stands around the time in a prefix.
type label struct{ color, name string }

func (t *text) Write(b *Batch) error {
	out, err := t.appendLines(t.out[:0], b)
	if err != nil {
		return err
	}
	t.out = out
	return t.w.write(out)
}

// appendLines appends what is shown of b. So that out stays small it may write what is in it.
func (t *text) appendLines(out []byte, b *Batch) ([]byte, error) {
	prefix := t.prefixOf(b)
	for line := range b.Lines() {
		out = append(out, prefix...)
		if t.o.Terminal {
			out = appendVisible(out, line)
		} else {
			out = append(out, line...)
		}
		out = append(out, '\n')
		if len(out) >= flushAt {
			if err := t.w.write(out); err != nil {
				return nil, err
			}
			out = out[:0]
		}
	}
	return out, nil
}

// prefixOf returns what stands before every line of b.
func (t *text) prefixOf(b *Batch) []byte {
	l := t.label(b)
	p := append(t.prefix[:0], l.color...)
	if t.o.Timestamp {
		p = append(p, t.clock(b.Time)...)
	}
	t.prefix = append(p, l.name...)
	return t.prefix
}

func (t *text) label(b *Batch) label {
	if !t.o.Prefix {
		return label{}
	}
	name := b.Instance
	if b.Stream == System {
		name = systemName
	}
	if l, ok := t.labels[name]; ok {
		return l
	}
	if len(name) > t.width {
		t.width = len(name)
		clear(t.labels)
	}
	l := label{name: name + strings.Repeat(" ", t.width-len(name)) + " | "}
	if t.o.Color {
		l.color = color(name)
		l.name = strings.TrimSuffix(l.name, " ") + resetColor + " "
	}
	t.labels[name] = l
	return l
}

// clock formats the time once a second.
func (t *text) clock(now time.Time) []byte {
	if s := now.Unix(); s != t.second || t.stamp == nil {
		t.second, t.stamp = s, now.AppendFormat(t.stamp[:0], clockLayout)
	}
	return t.stamp
}

// appendVisible appends a line as a terminal may have it.
func appendVisible(out, line []byte) []byte {
	from := len(out)
	out = appendSafe(out, line)
	if bytes.IndexByte(out[from:], escape) >= 0 {
		out = append(out, resetColor...)
	}
	return out
}
