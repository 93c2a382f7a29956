package cli

import (
	"context"
	"runtime/debug"
	"time"

	"supervise/process"
	"supervise/supervisor"
)

const (
	burst      = 256                    // events, as of the launch of some 100 instances
	burstQuiet = 300 * time.Millisecond // without an event, and a burst is over
)

// giveBack gives the system the memory back that a burst of events took, when it is over:
// the collector would keep the garbage of a thousand launches for the next ones, which may
// never come, and what of our program the start alone needed stays mapped. It returns at
// the end of the run.
func giveBack(events *supervisor.Watcher) {
	over := time.AfterFunc(burstQuiet, func() {
		debug.FreeOSMemory()
		process.Unmap()
	})
	over.Stop()
	for n := 1; ; n++ {
		waited := time.Now()
		if _, _, err := events.Next(context.Background()); err != nil {
			over.Stop()
			return
		}
		if time.Since(waited) >= burstQuiet {
			n = 1
		}
		if n >= burst {
			over.Reset(burstQuiet)
		}
	}
}
