package cli

import (
	"sync"
	"time"

	"supervise/control"
	"supervise/metrics"
	"supervise/process"
	"supervise/supervisor"
)

// shortestLook is over how much time a share of a processor is told at least: the kernel
// counts in hundredths of a second.
const shortestLook = 500 * time.Millisecond

// usage looks at what launches use, for ps and for metrics, and remembers what it saw.
type usage struct {
	look func() map[process.Key]process.Usage

	mu   sync.Mutex
	seen map[process.Key]*consumption
}

// byLeader is what ps shows, by the pid of the leader.
func (u *usage) byLeader([]int) map[int]control.Usage {
	all := map[int]control.Usage{}
	u.each(time.Now(), func(_ process.Key, now process.Usage, c *consumption) {
		all[now.PID] = control.Usage{CPU: c.percent, Memory: now.Resident}
	})
	return all
}

// byInstance is what metrics tell. A daemon that was left to live is its instance's still.
func (u *usage) byInstance() map[supervisor.ID]metrics.Usage {
	all := map[supervisor.ID]metrics.Usage{}
	u.each(time.Now(), func(k process.Key, now process.Usage, c *consumption) {
		sum := all[launchOf(k).ID]
		sum.CPU += c.total
		sum.Resident += now.Resident
		sum.Files += now.Files
		sum.Processes += now.Processes
		all[launchOf(k).ID] = sum
	})
	return all
}

// each looks, and forgets launches that are gone.
func (u *usage) each(now time.Time, tell func(process.Key, process.Usage, *consumption)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	seen := make(map[process.Key]*consumption, len(u.seen))
	for k, used := range u.look() {
		c := u.seen[k]
		if c == nil {
			c = &consumption{at: now.Add(-used.Age)}
		}
		c.add(now, used.CPU)
		seen[k] = c
		tell(k, used, c)
	}
	u.seen = seen
}

// consumption is what a launch has used of processors: a total that never falls, though
// what its processes tell together does when one dies that nobody waits for.
type consumption struct {
	total   time.Duration
	gone    time.Duration // what is in total and is not told any more
	fell    bool          // at the last look less was told than before
	percent float64       // of one processor, since the look before, at first since the launch

	at time.Time // of the look before
	by time.Duration
}

// add takes what is told now. Less is believed at the second look only: at the first it may
// be on its way from a child to the parent that is waiting for it.
func (c *consumption) add(now time.Time, told time.Duration) {
	if c.fell && c.gone+told < c.total {
		c.gone = c.total - told
	}
	c.fell = c.gone+told < c.total
	c.total = max(c.total, c.gone+told)
	if since := now.Sub(c.at); since >= shortestLook || c.by == 0 && since > 0 {
		c.percent = 100 * float64(c.total-c.by) / float64(since)
		if since >= shortestLook {
			c.at, c.by = now, c.total
		}
	}
}
