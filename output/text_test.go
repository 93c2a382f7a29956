package output

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

var afternoon = time.Date(2025, 1, 2, 15, 4, 5, 6, time.UTC)

func testBatch(instance, data string) *Batch {
	typ, _, _ := strings.Cut(instance, ".")
	return &Batch{Source: Source{typ, instance}, Launch: 3, PID: 7, Time: afternoon, Data: []byte(data)}
}

func testNotice(instance, text string) *Batch {
	b := testBatch(instance, text+"\n")
	b.Stream, b.Event, b.Cause = System, "exited", "exit status 1"
	return b
}

func TestTextLooksAsForemans(t *testing.T) {
	all := TextOptions{Prefix: true, Timestamp: true, Names: []string{"web.1", "worker.12"}}
	colored, terminal := all, TextOptions{Prefix: true, Terminal: true}
	colored.Color = true
	for _, c := range []struct {
		name    string
		options TextOptions
		batches []*Batch
		want    string
	}{
		{"the time, the name padded to the longest, the text", all,
			[]*Batch{testBatch("web.1", "one\ntwo\n"), testBatch("worker.12", "three\n")},
			"15:04:05 web.1     | one\n15:04:05 web.1     | two\n15:04:05 worker.12 | three\n"},
		{"a name is at least as wide as system", TextOptions{Prefix: true, Names: []string{"web.1"}},
			[]*Batch{testBatch("web.1", "a\n"), testNotice("web.1", "web.1 exited 1")},
			"web.1  | a\nsystem | web.1 exited 1\n"},
		{"a longer name widens what follows", TextOptions{Prefix: true},
			[]*Batch{testBatch("web.1", "a\n"), testBatch("worker.12", "b\n"), testBatch("web.1", "c\n")},
			"web.1  | a\nworker.12 | b\nweb.1     | c\n"},
		{"no prefix", TextOptions{Timestamp: true}, []*Batch{testBatch("web.1", "a\n")}, "15:04:05 a\n"},
		{"no timestamp", TextOptions{Prefix: true}, []*Batch{testBatch("web.1", "a\n")}, "web.1  | a\n"},
		{"neither", TextOptions{Color: true}, []*Batch{testBatch("web.1", "a\n")}, "a\n"},
		{"only the prefix is coloured", colored, []*Batch{testBatch("web.1", "a\n"), testNotice("", "b")},
			"\x1b[38;5;31m15:04:05 web.1     |\x1b[0m a\n\x1b[1m15:04:05 system    |\x1b[0m b\n"},
		{"bytes go to a file as they are", TextOptions{}, []*Batch{testBatch("web.1", "\x1b[2J\x00\xff\a\r\n")}, "\x1b[2J\x00\xff\a\n"},
		{"colours end with the line on a terminal", terminal,
			[]*Batch{testBatch("web.1", "\x1b[31mred\nplain\n")}, "web.1  | \x1b[31mred\x1b[0m\nweb.1  | plain\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			sink := NewText(&out, c.options)
			for _, b := range c.batches {
				if err := sink.Write(b); err != nil {
					t.Fatal(err)
				}
			}
			if got := out.String(); got != c.want {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
		})
	}
}

func TestTextShowsANewTimeEverySecond(t *testing.T) {
	var out bytes.Buffer
	sink := NewText(&out, TextOptions{Timestamp: true})
	for _, later := range []time.Duration{0, 0, time.Second, time.Hour} {
		b := testBatch("web.1", "a\n")
		b.Time = b.Time.Add(later)
		sink.Write(b)
	}
	if got, want := out.String(), "15:04:05 a\n15:04:05 a\n15:04:06 a\n16:04:05 a\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestABatchIsOneWrite(t *testing.T) {
	for name, open := range map[string]func(io.Writer) Sink{
		"text": func(w io.Writer) Sink { return NewText(w, TextOptions{Prefix: true, Timestamp: true}) },
		"json": NewJSON,
	} {
		w := &countingWriter{}
		open(w).Write(testBatch("web.1", strings.Repeat(strings.Repeat("x", 99)+"\n", 650)))
		if w.writes != 1 {
			t.Errorf("%s: %d writes, want 1", name, w.writes)
		}
	}
}

type countingWriter struct{ writes int }

func (w *countingWriter) Write(p []byte) (int, error) { w.writes++; return len(p), nil }

// Somebody else may set O_NONBLOCK on the file that is our standard output.
func TestTextWaitsWhereAWriteWouldBlock(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	blocking, err := syscall.Dup(int(w.Fd())) // Fd makes it blocking: the runtime does not poll the copy
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.NewFile(uintptr(blocking), "stdout")
	defer stdout.Close()
	if err := syscall.SetNonblock(blocking, true); err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("x", MaxLine) + "\n"
	if n, err := stdout.Write([]byte(line + line + line)); !errors.Is(err, syscall.EAGAIN) {
		t.Fatalf("Write = %d, %v, want EAGAIN: this tests nothing", n, err)
	}
	read := make(chan int)
	go func() { n, _ := io.Copy(io.Discard, r); read <- int(n) }()
	sink := NewText(stdout, TextOptions{})
	for range 20 {
		if err := sink.Write(testBatch("web.1", line)); err != nil {
			t.Fatalf("Write = %v, want no error", err)
		}
	}
	stdout.Close()
	if n := <-read; n < 20*len(line) {
		t.Errorf("%d bytes came out, want at least %d", n, 20*len(line))
	}
}

func TestALineThatTheDiskHasTornEndsBeforeTheNext(t *testing.T) {
	w := &fullDisk{room: 3}
	sink := NewText(w, TextOptions{})
	if err := sink.Write(testBatch("web.1", "hello\n")); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Write = %v, want ENOSPC", err)
	}
	w.room = 100
	sink.Write(testBatch("web.1", "world\n"))
	if got, want := w.String(), "hel\nworld\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A fullDisk takes so many bytes more.
type fullDisk struct {
	bytes.Buffer
	room int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	n, _ := d.Buffer.Write(p[:min(len(p), d.room)])
	if d.room -= n; n < len(p) {
		return n, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	}
	return n, nil
}

func TestThePrefixIsAsWideAsItSays(t *testing.T) {
	for _, o := range []TextOptions{
		{}, {Prefix: true}, {Timestamp: true}, {Prefix: true, Timestamp: true},
		{Prefix: true, Timestamp: true, Names: []string{"web.1", "worker.12"}},
	} {
		var out bytes.Buffer
		NewText(&out, o).Write(testBatch("web.1", "x\n"))
		if got, want := o.PrefixWidth(), out.Len()-len("x\n"); got != want {
			t.Errorf("PrefixWidth of %+v = %d, want %d", o, got, want)
		}
	}
}
