package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"sync"
)

// leastRole as the first argument makes this program the floor that reads: it does no more than
// it takes in Go to put a name before each line.
const leastRole = "least"

// leastReader is the contender that throughput is compared with.
const leastReader = "least reader"

func (b bed) least() contender { return contender{leastReader, []string{b.self, leastRole}} }

// A prefixer copies lines to standard output, for many readers.
type prefixer struct{ mu sync.Mutex }

func (p *prefixer) copy(name string, from io.Reader) {
	lines, prefix, out := bufio.NewReaderSize(from, 64<<10), []byte(name+" | "), []byte(nil)
	for {
		lines.Peek(1) // waits
		held, err := lines.Peek(lines.Buffered())
		whole := held[:bytes.LastIndexByte(held, '\n')+1]
		if len(whole) == 0 && len(held) > 0 {
			whole = held // a longer line, or the last
		}
		for line := range bytes.Lines(whole) {
			out = append(append(out, prefix...), line...)
		}
		p.mu.Lock()
		os.Stdout.Write(out)
		p.mu.Unlock()
		out = out[:0]
		lines.Discard(len(whole))
		if len(held) == 0 && err != nil {
			return
		}
	}
}
