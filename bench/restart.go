package main

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// healthy is how long a child runs before it is killed: longer than the --stable-after that
// supervise gets, so that it was no crash at the start.
const healthy = 1200 * time.Millisecond

// restarts ask how long an app has one instance less.
func restarts(b bed) []scenario {
	return []scenario{{
		name:       "crash-gap",
		asks:       "from the SIGKILL of a healthy child to the first instruction of the next",
		unit:       "ms",
		goal:       3,
		contenders: []contender{{"supervise start", []string{b.supervise, "start", "--stable-after", "1s"}}, b.floor()},
		sample: func(ctx context.Context, c contender) (float64, error) {
			return b.gap(ctx, c, healthy, func(_ *running, pid int) error { return syscall.Kill(pid, syscall.SIGKILL) })
		},
	}, {
		name:       "restart-gap",
		asks:       "from the fork of the command that restarts an instance to the new child's first instruction",
		unit:       "ms",
		goal:       60,
		contenders: []contender{{"supervise restart", []string{b.supervise, "start"}}, b.floor()},
		sample: func(ctx context.Context, c contender) (float64, error) {
			return b.gap(ctx, c, 0, func(r *running, pid int) error {
				if c.name == b.floor().name {
					return syscall.Kill(pid, syscall.SIGTERM)
				}
				return b.restart(ctx, r)
			})
		},
	}}
}

// gap runs one child, ends it after a while, and waits for the next.
func (b bed) gap(ctx context.Context, c contender, after time.Duration, end func(*running, int) error) (float64, error) {
	r, err := b.start(ctx, c, perType(1, b.self+" "+stampRole+" "+b.fifo), nil)
	if err != nil {
		return 0, err
	}
	defer r.stop()
	_, pid, err := r.hear()
	if err != nil {
		return 0, err
	}
	time.Sleep(after)
	ended := monotonic()
	if err := end(r, pid); err != nil {
		return 0, err
	}
	next, _, err := r.hear()
	return milliseconds(time.Duration(next - ended)), err
}

func (b bed) restart(ctx context.Context, r *running) error {
	cmd := exec.CommandContext(ctx, b.supervise, "restart", "w1.1")
	cmd.Dir, cmd.Env = r.cmd.Dir, r.cmd.Env
	return cmd.Run()
}
