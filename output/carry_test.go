package output

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A slowSink takes so long for each byte. What it has taken is written again by an instance,
// which so floods for ever.
type slowSink struct {
	perMB time.Duration
	flood *actor
	lines int
}

func (s *slowSink) Write(b *Batch) error {
	time.Sleep(time.Duration(len(b.Data)) * s.perMB / 1e6)
	s.lines += strings.Count(string(b.Data), "\n")
	_, err := s.flood.out.Write(b.Data)
	return err
}

func TestAFloodKeepsTheTurnForAtMost50msHoweverSlowTheSinksAre(t *testing.T) {
	for _, perMB := range []time.Duration{
		time.Millisecond, 10 * time.Millisecond, 160 * time.Millisecond, 2 * time.Second, // 1 GB/s to 0.5 MB/s
	} {
		synctest.Test(t, func(t *testing.T) {
			sink := &slowSink{perMB: perMB}
			m := NewMux(Options{Sinks: []Sink{sink}})
			sink.flood = open(t, m, "web.1", 1)
			r := sink.flood.readers[0]
			sink.flood.say(t, strings.Repeat("flood\n", usualPipe/len("flood\n")))
			for range 10 { // to find out how slow it is
				r.carry()
			}
			for range 10 {
				before, begun := sink.lines, time.Now()
				if err := r.carry(); err != nil || sink.lines == before {
					t.Fatalf("%v after %d lines", err, sink.lines-before)
				}
				if took := time.Since(begun); took > 50*time.Millisecond {
					t.Errorf("at %v for a MB the turn took %v, want at most 50ms", perMB, took)
				}
			}
			for _, r := range sink.flood.readers {
				r.stop()
			}
		})
	}
}

// The control: with the whole pipe at a time the slowest sink takes 0.13 s.
func TestAFloodThatDoesNotAdaptKeepsTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &slowSink{perMB: 2 * time.Second}
		m := NewMux(Options{Sinks: []Sink{sink}})
		sink.flood = open(t, m, "web.1", 1)
		sink.flood.say(t, strings.Repeat("flood\n", usualPipe/len("flood\n")))
		begun := time.Now()
		sink.flood.readers[0].carry()
		if took := time.Since(begun); took < 100*time.Millisecond {
			t.Errorf("the turn took %v, want 0.1 s and more", took)
		}
		for _, r := range sink.flood.readers {
			r.stop()
		}
	})
}
