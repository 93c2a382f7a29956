package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// slowReader asks what piles up in the runner when nobody takes its output as fast as it
// comes. The floor has no memory to grow.
func slowReader(b bed) scenario {
	return scenario{
		name:       "slow-reader",
		asks:       "the runner's highest memory, with 2 writers flooding and a reader of 6 MB/s",
		unit:       "MiB",
		goal:       24,
		contenders: b.starters(),
		sample:     b.pileUp,
	}
}

func (b bed) pileUp(ctx context.Context, c contender) (float64, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer read.Close()
	r, err := b.start(ctx, c, perType(2, fmt.Sprintf("%s %s 100 %s", b.self, floodRole, b.fifo)), write)
	write.Close()
	if err != nil {
		return 0, err
	}
	defer r.stop()
	defer func() { go io.Copy(io.Discard, read) }() // until it is closed, so that nobody who is being stopped is blocked
	buf := make([]byte, 64<<10)
	for range 100 {
		if _, err := read.Read(buf); err != nil {
			return 0, r.failed(err.Error())
		}
		time.Sleep(10 * time.Millisecond)
	}
	return memory(r.cmd.Process.Pid, "status", "VmHWM")
}
