package cli

import (
	"testing"
	"time"

	"supervise/process"
	"supervise/supervisor"
)

// glance is what one look tells, so long after the launch.
type glance struct {
	after, told time.Duration
	total       time.Duration // want
	percent     float64       // want
}

func TestProcessorTimeNeverFalls(t *testing.T) {
	const s = time.Second
	for name, glances := range map[string][]glance{
		"it grows": {
			{10 * s, 5 * s, 5 * s, 50}, {11 * s, 6 * s, 6 * s, 100}, {13 * s, 6 * s, 6 * s, 0},
		},
		"a child is between its end and its parent": {
			{10 * s, 5 * s, 5 * s, 50}, {11 * s, 3 * s, 5 * s, 0}, {12 * s, 6 * s, 6 * s, 100},
		},
		"a daemon takes its time with it": {
			{10 * s, 5 * s, 5 * s, 50}, {11 * s, 3 * s, 5 * s, 0}, {12 * s, 3 * s, 5 * s, 0}, {14 * s, 4 * s, 6 * s, 50},
		},
		"two looks at once tell the share of the look before": {
			{10 * s, 5 * s, 5 * s, 50}, {10*s + s/100, 5*s + s/100, 5*s + s/100, 50}, {11 * s, 6 * s, 6 * s, 100},
		},
		"a first look that comes early": {
			{s / 10, s / 10, s / 10, 100}, {s, s / 10, s / 10, 10},
		},
		"it has no age": {
			{0, s, s, 0},
		},
	} {
		var launched time.Time
		c := &consumption{at: launched}
		for i, g := range glances {
			c.add(launched.Add(g.after), g.told)
			if c.total != g.total || c.percent != g.percent {
				t.Errorf("%s: look %d tells %v and %v%%, want %v and %v%%", name, i+1, c.total, c.percent, g.total, g.percent)
			}
		}
	}
}

func TestUsageIsToldByLeaderAndByInstance(t *testing.T) {
	old, now := process.Key{Name: "web.1", Launch: 1}, process.Key{Name: "web.1", Launch: 2}
	told := map[process.Key]process.Usage{
		old: {PID: 7, CPU: time.Second, Resident: 1, Files: 2, Processes: 3}, // a daemon that was spared
		now: {PID: 8, Age: 2 * time.Second, CPU: time.Second, Resident: 10, Files: 20, Processes: 30},
	}
	u := &usage{look: func() map[process.Key]process.Usage { return told }}
	if got := u.byInstance()[supervisor.ID{Type: "web", N: 1}]; got.CPU != 2*time.Second || got.Resident != 11 || got.Files != 22 || got.Processes != 33 {
		t.Errorf("web.1 uses %+v, want the sum of its launches", got)
	}
	if got := u.byLeader(nil)[8]; got.Memory != 10 || got.CPU < 49 || got.CPU > 51 {
		t.Errorf("pid 8 uses %+v, want 10 bytes and 50%%", got)
	}
	delete(told, old)
	u.byLeader(nil)
	if len(u.seen) != 1 {
		t.Errorf("%d launches are remembered, want 1", len(u.seen))
	}
}
