package output_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"supervise/output"
	"supervise/output/outputtest"
)

func TestTextPassesTheSinkSuite(t *testing.T) {
	outputtest.TestSink(t, func(*testing.T) (output.Sink, func() []outputtest.Record) {
		var out bytes.Buffer
		return newText(&out), func() []outputtest.Record { return textRecords(&out) }
	})
}

func TestAQueuePassesTheSinkSuite(t *testing.T) {
	outputtest.TestSink(t, func(*testing.T) (output.Sink, func() []outputtest.Record) {
		var out bytes.Buffer
		q := output.NewQueue(newText(&out), output.DefaultQueue)
		return q, func() []outputtest.Record {
			q.Close(context.Background())
			return textRecords(&out)
		}
	})
}

func newText(out *bytes.Buffer) output.Sink {
	return output.NewText(out, output.TextOptions{Prefix: true})
}

func textRecords(out *bytes.Buffer) (found []outputtest.Record) {
	for line := range strings.Lines(out.String()) {
		name, message, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " | ")
		found = append(found, outputtest.Record{Instance: strings.TrimRight(name, " "), Message: message})
	}
	return found
}

func TestJSONPassesTheSinkSuite(t *testing.T) {
	outputtest.TestSink(t, func(t *testing.T) (output.Sink, func() []outputtest.Record) {
		var out bytes.Buffer
		return output.NewJSON(&out), func() (found []outputtest.Record) {
			for line := range bytes.Lines(out.Bytes()) {
				var o struct {
					Instance, Stream, Message string
					Raw                       []byte
				}
				if err := json.Unmarshal(line, &o); err != nil {
					t.Fatalf("%v in %.200q", err, line)
				}
				if o.Raw != nil {
					o.Message = string(o.Raw)
				}
				if o.Stream == "system" {
					o.Instance = "system"
				}
				found = append(found, outputtest.Record{Instance: o.Instance, Message: o.Message})
			}
			return found
		}
	})
}

// The tail orders by Offset, which the mux gives: here a sink before it does.
func TestTailPassesTheSinkSuite(t *testing.T) {
	outputtest.TestSink(t, func(*testing.T) (output.Sink, func() []outputtest.Record) {
		s := &numbered{tail: output.NewTail(1 << 20)}
		return s, s.records
	})
}

type numbered struct {
	tail   *output.Tail
	order  []string // of instances
	offset int64
}

func (n *numbered) Write(b *output.Batch) error {
	c := *b
	c.Offset = n.offset
	n.offset += int64(len(b.Data))
	if len(n.order) < 10 {
		n.order = append(n.order, b.Instance)
	}
	return n.tail.Write(&c)
}

func (n *numbered) records() (found []outputtest.Record) {
	next := int64(0)
	for _, instance := range n.order {
		batches, _ := n.tail.Since(instance, next)
		b := batches[0]
		next = b.Offset + int64(len(b.Data))
		name := instance
		if b.Stream == output.System {
			name = "system"
		}
		for line := range b.Lines() {
			found = append(found, outputtest.Record{Instance: name, Message: string(line)})
		}
	}
	return found
}
