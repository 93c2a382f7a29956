package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// firstChild asks how long an app waits for its runner. Its last row has no runner:
// what remains there is fork, exec and the Go runtime of the child itself.
func firstChild(b bed) scenario {
	return scenario{
		name:  "first-child",
		asks:  fmt.Sprintf("starting %d process types: from the runner's fork to the first instruction of the first child", processTypes),
		unit:  "ms",
		goal:  6,
		times: 5,
		contenders: []contender{
			{"supervise start", []string{b.supervise, "start"}},
			{"forego start", []string{"forego", "start"}},
			{"goreman start", []string{"goreman", "-rpc-server=false", "start"}},
			{"hivemind", []string{"hivemind"}},
			{"honcho start", []string{"honcho", "start"}},
			{"foreman start", []string{"foreman", "start"}},
			{noRunner, []string{b.self, stampRole, b.fifo}},
		},
		sample: b.toTheFirstStamp,
	}
}

// noRunner is the contender that is a child itself.
const noRunner = "the child alone"

// toTheFirstStamp starts a runner, waits until all of its children have run, stops
// it, and returns the milliseconds to the earliest stamp.
func (b bed) toTheFirstStamp(ctx context.Context, c contender) (float64, error) {
	// For reading and writing: then it neither waits for a writer nor ends after the last.
	fifo, err := os.OpenFile(b.fifo, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer fifo.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd, said, err := b.command(ctx, c.command)
	if err != nil {
		return 0, err
	}
	defer discard(said)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	began := monotonic()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		fifo.SetReadDeadline(time.Now()) // no stamp will come
		close(ended)
	}()
	children := processTypes
	if c.name == noRunner {
		children = 1
	}
	first, err := earliest(fifo, children)
	stop(cmd, ended)
	if err != nil {
		return 0, fmt.Errorf("%w (%s)%s", err, cmd.ProcessState, lastWords(said))
	}
	return milliseconds(time.Duration(first - began)), nil
}

// earliest reads n stamps and returns the lowest.
func earliest(fifo *os.File, n int) (int64, error) {
	first, lines := int64(math.MaxInt64), bufio.NewReader(fifo)
	for range n {
		line, err := lines.ReadString('\n')
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return 0, fmt.Errorf("ended before %d children had started", n)
		}
		if err != nil {
			return 0, err
		}
		stamp, err := strconv.ParseInt(strings.Fields(line)[0], 10, 64)
		if err != nil {
			return 0, err
		}
		first = min(first, stamp)
	}
	return first, nil
}

// stop asks the runner to go, then makes sure of it and of what it left in its group.
func stop(cmd *exec.Cmd, ended <-chan struct{}) {
	cmd.Process.Signal(syscall.SIGTERM)
	<-ended // at the latest when the sample's patience has run out
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
