package output

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
)

// BenchmarkMux is two children that flood, through real pipes, prefixes and the tail, into a
// pipe that somebody reads.
func BenchmarkMux(b *testing.B) {
	for _, size := range []int{16, 100, 1024} {
		b.Run(fmt.Sprintf("%d-byte-lines", size), func(b *testing.B) {
			r, w, err := os.Pipe()
			if err != nil {
				b.Fatal(err)
			}
			w.Fd() // makes it blocking, as standard output is
			drained := make(chan struct{})
			go func() { defer close(drained); io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, make([]byte, 64<<10)) }()
			m := NewMux(Options{Sinks: []Sink{NewText(w, TextOptions{Prefix: true, Timestamp: true})}, TailBytes: DefaultTail})
			block := []byte(strings.Repeat(strings.Repeat("x", size-1)+"\n", 64<<10/size))
			b.SetBytes(int64(2 * len(block)))
			var children sync.WaitGroup
			for i := range 2 {
				a := start(b, m, fmt.Sprintf("web.%d", i+1), 1)
				a.err.Close()
				children.Go(func() {
					defer a.out.Close()
					for range b.N {
						a.out.Write(block)
					}
				})
			}
			children.Wait()
			m.Close(context.Background())
			w.Close()
			<-drained
		})
	}
}

// BenchmarkSink is what a batch of 64 KiB costs.
func BenchmarkSink(b *testing.B) {
	for _, size := range []int{16, 100, 1024} {
		for name, sink := range map[string]Sink{
			"text":     NewText(io.Discard, TextOptions{Prefix: true, Timestamp: true}),
			"terminal": NewText(io.Discard, TextOptions{Prefix: true, Timestamp: true, Color: true, Terminal: true}),
			"json":     NewJSON(io.Discard),
			"tail":     NewTail(DefaultTail),
		} {
			b.Run(fmt.Sprintf("%s/%d-byte-lines", name, size), func(b *testing.B) {
				batch := testBatch("web.1", strings.Repeat(strings.Repeat("x", size-1)+"\n", 64<<10/size))
				b.SetBytes(int64(len(batch.Data)))
				b.ReportAllocs()
				for b.Loop() {
					sink.Write(batch)
				}
			})
		}
	}
}
