package metrics

import (
	"slices"
	"time"
)

// limits are the upper ends of a histogram's buckets: two for each power of ten, from what
// a static binary takes to what a JVM does.
var limits = [...]time.Duration{
	10 * time.Millisecond, 30 * time.Millisecond,
	100 * time.Millisecond, 300 * time.Millisecond,
	time.Second, 3 * time.Second,
	10 * time.Second, 30 * time.Second,
	100 * time.Second,
}

// durations is a histogram.
type durations struct {
	within [len(limits) + 1]uint64 // the last: above all limits
	count  uint64
	sum    time.Duration
}

func (h *durations) observe(d time.Duration) {
	i, _ := slices.BinarySearch(limits[:], d)
	h.within[i]++
	h.count++
	h.sum += d
}
