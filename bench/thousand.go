package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// thousands ask what a formation of that size takes to start, to keep and to stop. The
// children are a shell that becomes sleep.
func thousands(b bed) []scenario {
	about := together(b.thousand)
	ask := func(name, asks, unit string, goal float64, take func(thousand) float64) scenario {
		return scenario{name: name, asks: asks, unit: unit, goal: goal, contenders: b.starters(), sample: about(take)}
	}
	return []scenario{
		ask("thousand-start", "1,000 process types: from the runner's fork to the last child's first words", "ms", 0, func(t thousand) float64 { return t.start }),
		ask("thousand-memory", "1,000 process types at rest: the runner and its helpers, what is shared counted once", "MiB", 24, func(t thousand) float64 { return t.memory }),
		ask("thousand-stop", "1,000 process types: from SIGTERM to the runner's exit", "ms", 0, func(t thousand) float64 { return t.stop }),
	}
}

// thousand is what one formation took.
type thousand struct{ start, memory, stop float64 }

// settled is how long a formation rests before its memory counts.
const settled = 2 * time.Second

func (b bed) thousand(ctx context.Context, c contender) (t thousand, err error) {
	const n = 1000
	r, err := b.start(ctx, c, perType(n, fmt.Sprintf("echo 0 0 >%s; exec sleep 100", b.fifo)), nil)
	if err != nil {
		return t, err
	}
	defer r.stop()
	for range n {
		if _, _, err := r.hear(); err != nil {
			return t, err
		}
	}
	t.start = milliseconds(time.Duration(monotonic() - r.began))
	time.Sleep(settled)
	if t.memory, err = ourMemory(r.cmd.Process.Pid); err != nil {
		return t, err
	}
	stopped := monotonic()
	r.cmd.Process.Signal(syscall.SIGTERM)
	<-r.ended
	t.stop = milliseconds(time.Duration(monotonic() - stopped))
	return t, nil
}

// ourMemory sums up a runner and its helpers: all below it but sleep and its shell.
func ourMemory(pid int) (sum float64, err error) {
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if s := strings.TrimSpace(string(name)); s == "sleep" || s == "sh" {
		return 0, nil
	}
	if sum, err = memory(pid, "smaps_rollup", "Pss"); err != nil {
		return 0, err
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for _, child := range strings.Fields(string(children)) {
			number, _ := strconv.Atoi(child)
			more, _ := ourMemory(number) // or it is gone
			sum += more
		}
	}
	return sum, err
}
