package output

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestLinesOfAStreamAreWholeAndInOrder(t *testing.T) {
	const instances, lines = 4, 3000
	s := newScreen()
	m := newTestMux(t, s)
	var children sync.WaitGroup
	for i := range instances {
		a := start(t, m, fmt.Sprintf("web.%d", i+1), 1)
		for _, f := range []*os.File{a.out, a.err} {
			children.Go(func() {
				var text strings.Builder
				for n := range lines {
					fmt.Fprintf(&text, "%d %s\n", n, strings.Repeat("x", n%200))
				}
				for rest, size := text.String(), 1; rest != ""; size = size*7%5000 + 1 {
					n := min(size, len(rest))
					f.WriteString(rest[:n])
					rest = rest[n:]
				}
			})
		}
	}
	children.Wait()
	next := map[string]int{}
	for _, line := range s.wait(t, instances*2*lines) {
		stream, text, _ := strings.Cut(line, ": ")
		n := next[stream]
		if want := fmt.Sprintf("%d %s", n, strings.Repeat("x", n%200)); text != want {
			t.Fatalf("line %d of %s is %q, want %q", n, stream, text, want)
		}
		next[stream]++
	}
}

func TestAnUnfinishedLineHoldsUpNobodyAndIsALineAtTheEnd(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	half, other := start(t, m, "web.1", 1), start(t, m, "web.2", 1)
	half.say(t, "ha")
	other.say(t, "whole\n")
	s.want(t, "web.2 1 stdout: whole")
	half.say(t, "lf\nlast")
	half.die()
	s.want(t, "web.2 1 stdout: whole", "web.1 1 stdout: half", "web.1 1 stdout: last")
}

// FuzzReader sends any bytes in any chunks through a real pipe: the records depend on the
// bytes alone, and nothing is lost.
func FuzzReader(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n\x00\xff"), []byte{1, 2, 3}, uint32(0))
	f.Add([]byte("é"), []byte{200, 0}, uint32(MaxLine))
	f.Add([]byte("x\ny"), []byte{255}, uint32(2*MaxLine-1))
	f.Fuzz(func(t *testing.T, stream, chunks []byte, long uint32) {
		stream = append(stream, strings.Repeat("é", int(long%(2*MaxLine)))...)
		stream = append(stream, stream...)
		k := &keeper{}
		m := NewMux(Options{Sinks: []Sink{k}})
		a := start(t, m, "web.1", 1)
		for rest, i := stream, 0; len(rest) > 0; i++ {
			n := len(rest)
			if len(chunks) > 0 {
				n = min(n, 1+int(chunks[i%len(chunks)])*401)
			}
			a.say(t, string(rest[:n]))
			rest = rest[n:]
		}
		a.die()
		if loss := m.Close(context.Background()); loss != (Loss{}) {
			t.Fatalf("Close = %v, want no loss", loss)
		}
		if got, want := strings.Join(k.records, ""), strings.Join(wantRecords(stream), ""); got != want {
			t.Errorf("%d bytes in chunks of %v became\n%.500q, want\n%.500q", len(stream), chunks, got, want)
		}
	})
}

// A keeper keeps lines as wantRecords makes them.
type keeper struct{ records []string }

func (k *keeper) Write(b *Batch) error {
	if b.Cut {
		k.records = append(k.records, string(b.Data[:len(b.Data)-1])+"+\n")
		return nil
	}
	k.records = append(k.records, string(b.Data))
	return nil
}

func TestBatchesAreNumberedByTheirBytes(t *testing.T) {
	m := newTestMux(t)
	m.Notice(Source{}, Notice{Text: "hello"})
	a := start(t, m, "web.1", 1)
	a.say(t, "one\ntwo\n")
	a.exit()
	await(t, a.settled)
	got, _ := m.Tail().Since("web.1", 0)
	if len(got) != 2 || got[0].Offset != int64(len("hello\n")) || got[1].Offset != int64(len("hello\none\ntwo\n")) {
		t.Errorf("the tail has %v", got)
	}
}

func TestQuietTypesAreKeptAndNotPrintedButTheirNoticesAre(t *testing.T) {
	s, tap := newScreen(), newScreen()
	m := NewMux(Options{Sinks: []Sink{s}, Taps: []Sink{tap}, TailBytes: DefaultTail, Quiet: []string{"web"}})
	quiet, loud := start(t, m, "web.1", 1), start(t, m, "worker.1", 1)
	quiet.say(t, "hush\n")
	quiet.exit()
	await(t, quiet.settled)
	loud.say(t, "hello\n")
	loud.die()
	m.Close(context.Background())
	s.want(t, "web.1 1 system: web.1 exited", "worker.1 1 stdout: hello")
	tap.want(t, "web.1 1 stdout: hush", "web.1 1 system: web.1 exited", "worker.1 1 stdout: hello")
	if got, _ := m.Tail().Since("web.1", 0); len(got) != 2 || string(got[0].Data) != "hush\n" {
		t.Errorf("the tail has %v, want the line and the notice", got)
	}
}

func TestAReaderOfOurOutputThatGoesAwayEndsTheOutputAndNotTheApp(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	var died []error
	s := newScreen()
	m := NewMux(Options{Sinks: []Sink{NewText(w, TextOptions{}), s}, SinkDied: func(err error) { died = append(died, err) }})
	a := start(t, m, "web.1", 1)
	line := strings.Repeat("x", 999) + "\n"
	for range 1000 {
		a.say(t, line)
	}
	a.die()
	loss := m.Close(context.Background())
	if len(died) != 1 || !errors.Is(died[0], syscall.EPIPE) {
		t.Errorf("SinkDied was told %v, want EPIPE once", died)
	}
	said := "the output ends, the instances go on: write |1: broken pipe"
	if want := int64(1000*len(line) + len(said) + 1); loss.Refused != want || loss.Unread != 0 {
		t.Errorf("Close = %+v, want %d bytes refused", loss, want)
	}
	if lines := s.wait(t, 1001); !strings.Contains(strings.Join(lines, "\n"), " 0 system: "+said) {
		t.Errorf("the other sink was not told")
	}
}

func TestAFullDiskLosesWhatDoesNotFitAndSaysSo(t *testing.T) {
	disk := &fullDisk{}
	var full []error
	m := NewMux(Options{Sinks: []Sink{NewText(disk, TextOptions{})}, SinkFull: func(err error) { full = append(full, err) }})
	m.Notice(Source{}, Notice{Text: "one"})
	m.Notice(Source{}, Notice{Text: "three"})
	if len(full) != 1 || !errors.Is(full[0], syscall.ENOSPC) {
		t.Errorf("SinkFull was told %v, want ENOSPC once", full)
	}
	disk.room = 1000
	m.Notice(Source{}, Notice{Text: "four"})
	if got, want := disk.String(), "10 bytes of output were lost: no space was left\nfour\n"; got != want {
		t.Errorf("the disk has %q, want %q", got, want)
	}
	if loss := m.Close(context.Background()); loss != (Loss{Refused: 10}) {
		t.Errorf("Close = %+v, want 10 bytes refused", loss)
	}
}

func TestAClosedMuxTakesNothing(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	m.Close(context.Background())
	if _, err := m.Open(Source{"web", "web.1"}, 1); err == nil || err.Error() != "cannot open the output of web.1: the output is being closed" {
		t.Errorf("Open = %v", err)
	}
	m.Notice(Source{}, Notice{Text: "late"})
	s.want(t)
}

func TestSilentInstancesCostAlmostNothing(t *testing.T) {
	const instances, most = 200, 6 << 10
	s := newScreen()
	m := newTestMux(t, s)
	used := func() uint64 {
		var mem runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&mem)
		return mem.HeapAlloc
	}
	before := used()
	for i := range instances {
		a := start(t, m, fmt.Sprintf("web.%d", i+1), 1)
		a.say(t, "hello\n")
	}
	s.wait(t, instances)
	if each := (used() - before) / instances; each > most {
		t.Errorf("a silent instance costs %d bytes, want at most %d", each, most)
	}
}

func TestCloseTakesWhatIsThereAndDoesNotWaitForMore(t *testing.T) {
	s := newScreen()
	m := newTestMux(t, s)
	a := start(t, m, "web.1", 1) // it never ends
	a.say(t, "there\nunfinished")
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if loss := m.Close(ctx); loss != (Loss{}) {
		t.Errorf("Close = %v, want no loss", loss)
	}
	if took := time.Since(begun); took > patience/2 {
		t.Errorf("Close took %v", took)
	}
	s.want(t, "web.1 1 stdout: there", "web.1 1 stdout: unfinished")
}
