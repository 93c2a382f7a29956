package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	tickRole  = "tick"
	tickEvery = 5 * time.Millisecond
	tickLines = 300

	mark = '~' // ends a line that has a stamp; no runner writes it
)

// latencies ask how late a line is that comes alone: one scenario for the usual line, one
// for the late ones.
func latencies(b bed) []scenario {
	about := together(b.lateness)
	ask := func(name, which string, goal float64, quantile int) scenario {
		return scenario{
			name:       name,
			asks:       fmt.Sprintf("from a child's write to the reader of the runner's output, a line each %s: %s of %d lines", tickEvery, which, tickLines),
			unit:       "µs",
			goal:       goal,
			contenders: b.starters(),
			sample:     about(func(late []int64) float64 { return float64(late[len(late)*quantile/100]) / 1e3 }),
		}
	}
	return []scenario{ask("latency", "the median", 119, 50), ask("latency-p99", "the 99th percentile", 248, 99)}
}

// lateness returns sorted nanoseconds.
func (b bed) lateness(ctx context.Context, c contender) (late []int64, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	r, err := b.start(ctx, c, perType(1, b.self+" "+tickRole), write)
	write.Close()
	if err != nil {
		return nil, err
	}
	defer r.stop()
	read.SetReadDeadline(time.Now().Add(patience))
	for lines := bufio.NewScanner(read); len(late) < tickLines; {
		if !lines.Scan() {
			return nil, r.failed(fmt.Sprintf("%d of %d lines came", len(late), tickLines))
		}
		now := monotonic()
		if stamp, ok := stampOf(lines.Text()); ok {
			late = append(late, now-stamp)
		}
	}
	slices.Sort(late)
	return late, nil
}

// stampOf finds the stamp in a line that begins with whatever the runner puts there.
func stampOf(line string) (stamp int64, ok bool) {
	line, ok = strings.CutSuffix(line, string(mark))
	stamp, err := strconv.ParseInt(line[strings.LastIndexByte(line, ' ')+1:], 10, 64)
	return stamp, ok && err == nil
}

// tick writes the time, again and again.
func tick() {
	for range int(2 * patience / tickEvery) {
		if _, err := fmt.Printf(" %d%c\n", monotonic(), mark); err != nil {
			return
		}
		time.Sleep(tickEvery)
	}
}
