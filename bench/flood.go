package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	floodRole   = "flood"
	floodWarmUp = 60 * time.Millisecond
	floodWindow = 240 * time.Millisecond
)

// A drain is where a flood runs to.
type drain struct {
	name, words string
	open        func(b bed) (out *os.File, close func(), err error)
}

var drains = []drain{
	{"pipe", "a pipe that is read at once", openPipe},
	{"null", "/dev/null", openNull},
	{"file", "a file", openFile},
}

// floods ask how much of what children write goes through, and what that costs, one scenario
// for each number of writers, length of line and drain.
func floods(b bed) (all []scenario) {
	var costs []scenario
	for _, d := range drains {
		for _, writers := range []int{1, 2, 8} {
			for _, length := range []int{16, 100, 1024} {
				speed, cost := b.floodOf(d, writers, length)
				all = append(all, speed)
				if d.name == "pipe" {
					costs = append(costs, cost)
				}
			}
		}
	}
	return append(all, costs...)
}

func (b bed) floodOf(d drain, writers, length int) (speed, cost scenario) {
	about := together(func(ctx context.Context, c contender) (flooded, error) { return b.flood(ctx, c, d, writers, length) })
	variant := fmt.Sprintf("%dx%d", writers, length)
	speed = scenario{
		name:       "throughput-" + d.name + "-" + variant,
		asks:       fmt.Sprintf("lines of %d bytes from %d writers into %s", length, writers, d.words),
		unit:       "MB/s",
		goal:       0.8,
		more:       true,
		family:     "throughput-" + d.name,
		variant:    variant,
		together:   "lines into " + d.words + ", by the number of writers × the bytes of a line",
		contenders: b.flooders(d, writers),
		sample:     about(func(f flooded) float64 { return f.megabytes / f.seconds }),
	}
	cost = speed
	cost.name, cost.family, cost.more, cost.goal = "flood-cpu-"+variant, "flood-cpu", false, 0
	if length >= 100 {
		cost.goal = 1
	}
	cost.asks = fmt.Sprintf("the runner's own processor time for 1 GB in lines of %d bytes from %d writers into a pipe", length, writers)
	cost.together = "the runner's own processor time for 1 GB of lines into a pipe, by the number of writers × the bytes of a line"
	cost.unit, cost.sample = "s", about(func(f flooded) float64 { return f.cpu / f.megabytes * 1000 })
	return speed, cost
}

// flooders are those who take part: peers with two writers alone, for they are slow in stopping
// too, and nobody without a runner where writing costs nothing.
func (b bed) flooders(d drain, writers int) []contender {
	all := b.starters()
	if writers != 2 {
		all = all[:3]
	}
	if d.name == "null" {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

// flooded is what went through in some time.
type flooded struct{ megabytes, seconds, cpu float64 }

// flood lets writers write as fast as they can. Each tells where it is when it has warmed up,
// and after a window: the runner's buffers are as full then as before.
func (b bed) flood(ctx context.Context, c contender, d drain, writers, length int) (f flooded, err error) {
	out, closeOut, err := d.open(b)
	if err != nil {
		return f, err
	}
	defer closeOut()
	r, err := b.start(ctx, c, perType(writers, fmt.Sprintf("%s %s %d %s", b.self, floodRole, length, b.fifo)), out)
	if err != nil {
		return f, err
	}
	defer r.stop()
	r.fifo.SetReadDeadline(time.Now().Add(patience / 2))
	var spent [2]float64
	for told := range 2 * writers {
		window, bytes, err := r.hear()
		if err != nil {
			return f, r.failed("nothing went through")
		}
		if window > 0 {
			f.megabytes += float64(bytes) / 1e6
			f.seconds += float64(window) / 1e9 / float64(writers)
		}
		if told == 0 || told == 2*writers-1 {
			if spent[min(told, 1)], err = processorTime(r.cmd.Process.Pid); err != nil {
				return f, err
			}
		}
	}
	f.cpu = spent[1] - spent[0]
	return f, nil
}

func openPipe(bed) (*os.File, func(), error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	read.SetReadDeadline(time.Time{})
	go io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{read}, make([]byte, 256<<10))
	return write, func() { write.Close(); read.Close() }, nil
}

func openNull(bed) (*os.File, func(), error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	return null, func() { null.Close() }, err
}

func openFile(b bed) (*os.File, func(), error) {
	name := filepath.Join(b.dir, "flooded")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return file, func() { file.Close(); os.Remove(name) }, err
}

// flood writes lines of so many bytes, newline included, and tells fifo twice how it goes: 0
// when it has warmed up, then the nanoseconds of a window and the bytes that went in it.
func flood(args []string) {
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 2 {
		fmt.Fprintf(os.Stderr, "bench: %q is not the length of a line\n", args[0])
		os.Exit(1)
	}
	fifo, err := os.OpenFile(args[1], os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: cannot tell:", err)
		os.Exit(1)
	}
	lines := []byte(strings.Repeat(strings.Repeat("x", n-1)+"\n", max(1, (64<<10)/n)))
	write := func(during time.Duration) (took time.Duration, bytes int) {
		for began := time.Now(); took < during; took = time.Since(began) {
			written, err := os.Stdout.Write(lines)
			if bytes += written; err != nil {
				os.Exit(0)
			}
		}
		return took, bytes
	}
	write(floodWarmUp)
	fmt.Fprintln(fifo, 0, 0)
	took, bytes := write(floodWindow)
	fmt.Fprintln(fifo, took.Nanoseconds(), bytes)
	write(2 * patience) // nobody's orphan for ever
}
