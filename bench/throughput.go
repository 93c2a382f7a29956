package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// Every line of a flood has one mark, which no runner writes: counting marks counts lines,
// whatever is put before them.
const (
	floodRole = "flood"
	mark      = '~'

	floodWarmUp = 200 * time.Millisecond
	floodWindow = 500 * time.Millisecond
)

// throughputs ask how much of what children write comes through, one scenario for each
// number of writers and length of line, and what that costs.
func throughputs(b bed) (all []scenario) {
	for _, writers := range []int{1, 2, 8} {
		for _, length := range []int{16, 100, 1024} {
			all = append(all, scenario{
				name:       fmt.Sprintf("throughput-%dx%d", writers, length),
				asks:       fmt.Sprintf("lines of %d bytes from %d writers into a pipe that is read at once", length, writers),
				unit:       "MB/s",
				more:       true,
				contenders: b.starters(),
				sample: func(ctx context.Context, c contender) (float64, error) {
					f, err := b.flood(ctx, c, writers, length)
					return f.megabytes / f.seconds, err
				},
			})
		}
	}
	return append(all, scenario{
		name:       "flood-cpu",
		asks:       "the runner's own processor time for 1 GB in lines of 100 bytes from 2 writers",
		unit:       "s",
		goal:       1,
		contenders: b.starters(),
		sample: func(ctx context.Context, c contender) (float64, error) {
			f, err := b.flood(ctx, c, 2, 100)
			return f.cpu / f.megabytes * 1000, err
		},
	})
}

// flooded is what came through in some time.
type flooded struct{ megabytes, seconds, cpu float64 }

// flood lets writers write as fast as they can, and looks at a part of it.
func (b bed) flood(ctx context.Context, c contender, writers, length int) (f flooded, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return f, err
	}
	defer read.Close()
	r, err := b.start(ctx, c, perType(writers, fmt.Sprintf("%s %s %d", b.self, floodRole, length)), write)
	write.Close()
	if err != nil {
		return f, err
	}
	defer r.stop()
	defer drain(read)
	if _, err := countMarks(read, patience/2, 1); err != nil {
		return f, r.failed(err.Error())
	}
	if _, err := countMarks(read, floodWarmUp, math.MaxInt); err != nil {
		return f, r.failed(err.Error())
	}
	pid, began := r.cmd.Process.Pid, time.Now()
	cpu, err := processorTime(pid)
	if err != nil {
		return f, err
	}
	lines, err := countMarks(read, floodWindow, math.MaxInt)
	if err != nil {
		return f, r.failed(err.Error())
	}
	f.seconds, f.megabytes = time.Since(began).Seconds(), float64(lines)*float64(length)/1e6
	spent, err := processorTime(pid)
	f.cpu = spent - cpu
	return f, err
}

// drain goes on reading, so that nobody who is being stopped is blocked.
func drain(read *os.File) {
	read.SetReadDeadline(time.Time{})
	go io.Copy(io.Discard, read) // until it is closed
}

// countMarks reads for a while, or until there are enough.
func countMarks(read *os.File, window time.Duration, enough int) (marks int, err error) {
	read.SetReadDeadline(time.Now().Add(window))
	for buf := make([]byte, 256<<10); marks < enough; {
		n, err := read.Read(buf)
		marks += bytes.Count(buf[:n], []byte{mark})
		switch {
		case os.IsTimeout(err) && marks > 0:
			return marks, nil
		case os.IsTimeout(err):
			return 0, fmt.Errorf("nothing came through in %s", window)
		case err != nil:
			return 0, fmt.Errorf("the output ended: %w", err)
		}
	}
	return marks, nil
}

// flood writes lines of length bytes, newline included, until nobody reads them.
func flood(length string) {
	n, err := strconv.Atoi(length)
	if err != nil || n < 2 {
		fmt.Fprintf(os.Stderr, "bench: %q is not the length of a line\n", length)
		os.Exit(1)
	}
	line := strings.Repeat("x", n-2) + string(mark) + "\n"
	lines := []byte(strings.Repeat(line, max(1, (64<<10)/n)))
	for began := time.Now(); time.Since(began) < 2*patience; {
		if _, err := os.Stdout.Write(lines); err != nil {
			return
		}
	}
}
