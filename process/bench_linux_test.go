package process

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// quickly is a table whose events arrive on a channel.
func quickly(b *testing.B) (*Table, chan Event) {
	b.Helper()
	events := make(chan Event, 1<<16)
	t, err := New(func(e Event) { events <- e })
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { t.Close(time.Now().Add(patience)) })
	return t, events
}

func until(events chan Event, kind Kind) {
	for e := range events {
		if e.Kind == kind {
			return
		}
	}
}

// median reports the median of b.N rounds, each timed by itself.
func median(b *testing.B, unit string, round func(i int) time.Duration) {
	b.Helper()
	took := make([]time.Duration, 0, b.N)
	for i := range b.N {
		took = append(took, round(i))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, unit)
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLaunch is a launch from the call to the program's running.
func BenchmarkLaunch(b *testing.B) {
	t, events := quickly(b)
	median(b, "µs/launch", func(i int) time.Duration {
		start := time.Now()
		t.Launch(Key{"web", i}, Spec{Argv: []string{"/bin/true"}})
		until(events, Launched)
		took := time.Since(start)
		until(events, Gone)
		return took
	})
}

// BenchmarkDeath is the time from a SIGKILL to the exit's being told, in a formation of ten.
func BenchmarkDeath(b *testing.B) {
	for _, blind := range []bool{false, true} {
		b.Run(map[bool]string{false: "children listed", true: "census"}[blind], func(b *testing.B) {
			t, events := quickly(b)
			if blind {
				t.reaper.family.procs.children = "/nowhere"
			}
			for i := range 10 {
				t.Launch(Key{"idle", i}, Spec{Argv: []string{"/bin/sleep", "1000"}})
				until(events, Launched)
			}
			median(b, "µs/death", func(i int) time.Duration {
				k := Key{"web", i}
				t.Launch(k, Spec{Argv: []string{"/bin/sleep", "1000"}})
				until(events, Launched)
				start := time.Now()
				t.Signal(k, Leader, syscall.SIGKILL)
				until(events, Gone)
				return time.Since(start)
			})
		})
	}
}

// BenchmarkCensus is the cost of counting everybody, for each process on the machine.
func BenchmarkCensus(b *testing.B) {
	f := newFamily()
	defer f.close()
	median(b, "µs/process", func(int) time.Duration {
		start := time.Now()
		f.list()
		f.sort(nil, true)
		return time.Since(start) / time.Duration(max(1, len(f.all)))
	})
	b.ReportMetric(float64(len(f.all)), "processes")
}

// BenchmarkThousand is the launch and the end of a thousand at once.
func BenchmarkThousand(b *testing.B) {
	t, events := quickly(b)
	median(b, "µs/thousand", func(i int) time.Duration {
		start := time.Now()
		for j := range 1000 {
			t.Launch(Key{"web", i*1000 + j}, Spec{Argv: []string{"/bin/true"}})
		}
		for range 1000 {
			until(events, Gone)
		}
		return time.Since(start)
	})
}
