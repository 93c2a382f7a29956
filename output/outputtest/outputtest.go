// Package outputtest is the suite that every output.Sink passes.
package outputtest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"supervise/output"
)

// Record is one line as it came out of a sink: its bytes, and the name it came under, which
// is "system" for supervise's own.
type Record struct{ Instance, Message string }

// TestSink runs the suite. Open returns a new sink, and a function that returns what came
// out of it, which is called once, after the last Write.
func TestSink(t *testing.T, open func(t *testing.T) (output.Sink, func() []Record)) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			sink, records := open(t)
			for _, b := range c.batches {
				write(t, sink, b)
			}
			if got := records(); !slices.Equal(got, c.want) {
				t.Errorf("records:\n%.2000q\nwant:\n%.2000q", got, c.want)
			}
		})
	}
	t.Run("A batch of many lines costs no allocation a line", func(t *testing.T) {
		sink, _ := open(t)
		b := batch("web.1", strings.Repeat("hello\n", 1000))
		if n := testing.AllocsPerRun(20, func() { write(t, sink, b) }); n > 100 {
			t.Errorf("%v allocations for 1000 lines, want at most 100", n)
		}
	})
}

// write writes a copy of b, and spoils it as the mux would by the next read.
func write(t *testing.T, sink output.Sink, b output.Batch) {
	given := b
	given.Data = slices.Clone(b.Data)
	if err := sink.Write(&given); err != nil {
		t.Fatalf("Write = %v, want no error", err)
	}
	if !reflect.DeepEqual(given, b) {
		t.Fatalf("the sink changed its batch to %.200v", given)
	}
	clear(given.Data)
	given = output.Batch{}
}

type testCase struct {
	name    string
	batches []output.Batch
	want    []Record
}

func cases() []testCase {
	bytes := anyBytes()
	long := strings.Repeat("x", output.MaxLine)
	piece := batch("web.1", long+"\n")
	piece.Cut = true
	cr := batch("web.1", "half\r\n")
	cr.Cut = true
	return []testCase{{
		"Every line is a record, empty ones too",
		[]output.Batch{batch("web.1", "one\n\ntwo\n"), batch("web.1", "\n")},
		[]Record{{"web.1", "one"}, {"web.1", ""}, {"web.1", "two"}, {"web.1", ""}},
	}, {
		"Batches come out in the order in which they went in",
		[]output.Batch{batch("web.1", "a\n"), batch("a-long-name.12", "b\n"), batch("web.1", "c\n")},
		[]Record{{"web.1", "a"}, {"a-long-name.12", "b"}, {"web.1", "c"}},
	}, {
		"Every byte comes through",
		[]output.Batch{batch("web.1", bytes+"\n")},
		[]Record{{"web.1", bytes}},
	}, {
		"A carriage return before the newline is no part of the line",
		[]output.Batch{batch("web.1", "a\r\n\r\nb\rc\n")},
		[]Record{{"web.1", "a"}, {"web.1", ""}, {"web.1", "b\rc"}},
	}, {
		"A piece is a record, to its last byte",
		[]output.Batch{piece, batch("web.1", "rest\n"), cr},
		[]Record{{"web.1", long}, {"web.1", "rest"}, {"web.1", "half\r"}},
	}, {
		"A full batch of empty lines is as many records",
		[]output.Batch{batch("web.1", strings.Repeat("\n", output.MaxLine))},
		slices.Repeat([]Record{{"web.1", ""}}, output.MaxLine),
	}, {
		"Supervise's own records are named system",
		[]output.Batch{system("web.1", "web.1 exited 1\n  hint: none\n"), system("", "stopping\n")},
		[]Record{{"system", "web.1 exited 1"}, {"system", "  hint: none"}, {"system", "stopping"}},
	}}
}

// anyBytes is each byte that can stand in a line, and the same in valid UTF-8.
func anyBytes() string {
	var all strings.Builder
	for c := range 256 {
		if c != '\n' {
			fmt.Fprintf(&all, "%c%c", c, rune(c))
			all.WriteByte(byte(c))
		}
	}
	return all.String()
}

func batch(instance, data string) output.Batch {
	typ, _, _ := strings.Cut(instance, ".")
	return output.Batch{
		Source: output.Source{Type: typ, Instance: instance}, Launch: 1, PID: 7,
		Time: time.Date(2025, 1, 2, 15, 4, 5, 0, time.UTC), Data: []byte(data),
	}
}

func system(instance, data string) output.Batch {
	b := batch(instance, data)
	b.Stream, b.Event, b.Cause = output.System, "exited", "exit status 1"
	return b
}
