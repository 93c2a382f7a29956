package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	slowRole  = "slow"
	slowLeave = 500 * time.Millisecond
)

// drainScenario asks what a runner adds to the time that its app needs to stop.
func drainScenario(b bed) scenario {
	return scenario{
		name:       "drain",
		asks:       fmt.Sprintf("from SIGTERM to the runner's exit, less the %s that its child needs", slowLeave),
		unit:       "ms",
		goal:       10,
		contenders: b.starters(),
		sample:     b.drained,
	}
}

func (b bed) drained(ctx context.Context, c contender) (float64, error) {
	r, err := b.start(ctx, c, perType(1, "exec "+b.self+" "+slowRole+" >"+b.fifo), nil)
	if err != nil {
		return 0, err
	}
	defer r.stop()
	if _, _, err := r.hear(); err != nil {
		return 0, err
	}
	asked := time.Now()
	r.cmd.Process.Signal(syscall.SIGTERM)
	<-r.ended
	took := time.Since(asked)
	if took < slowLeave {
		return 0, r.failed(fmt.Sprintf("it ended after %s, before its child", took))
	}
	return milliseconds(took - slowLeave), nil
}

// leaveSlowly tells that it hears SIGTERM, and obeys it after a while.
func leaveSlowly() {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	fmt.Println(monotonic(), os.Getpid())
	select {
	case <-term:
		time.Sleep(slowLeave)
	case <-time.After(2 * patience): // nobody's orphan for ever
	}
}
