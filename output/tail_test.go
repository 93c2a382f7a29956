package output

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTailKeepsRecordsAsTheyWere(t *testing.T) {
	tail := NewTail(1 << 20)
	line, notice := testBatch("web.1", "a\xff\r\nb\n"), testNotice("web.1", "web.1 exited 1")
	line.Time, notice.Time = line.Time.Local(), notice.Time.Local()
	line.Stream, line.Cut, line.Offset = TTY, true, 10
	notice.Offset = 20
	tail.Write(line)
	tail.Write(testBatch("web.2", "c\n"))
	tail.Write(notice)
	got, whole := tail.Since("web.1", 0)
	if want := []Batch{*line, *notice}; !reflect.DeepEqual(got, want) || !whole {
		t.Errorf("Since = %v, %v, want %v, true", got, whole, want)
	}
	if got, whole := tail.Since("web.3", 0); got != nil || !whole {
		t.Errorf("Since of nobody = %v, %v, want none, true", got, whole)
	}
}

func TestNoFloodDrivesSystemRecordsOut(t *testing.T) {
	tail := NewTail(1000)
	none := &Batch{Stream: System, Data: []byte("starting\n"), Time: time.Unix(1, 0)}
	about := testNotice("web.1", "web.1 exited 1")
	about.Time, about.Offset = time.Unix(2, 0), 9
	tail.Write(none)
	tail.Write(about)
	for range 100 {
		tail.Write(testBatch("web.1", strings.Repeat("x", 99)+"\n"))
	}
	got, whole := tail.Since("", 0)
	if want := []Batch{*none, *about}; !reflect.DeepEqual(got, want) || !whole {
		t.Errorf("Since = %v, %v, want %v, true", got, whole, want)
	}
	if _, whole := tail.Since("web.1", 0); whole { // the control
		t.Error("100 lines of 100 bytes are kept in 1000")
	}
}

func TestTailGoesOnFromACursor(t *testing.T) {
	tail := NewTail(1 << 20)
	tail.Write(testBatch("web.1", "a\nb\n"))
	for _, c := range []struct {
		cursor int64
		want   string
	}{{0, "a\nb\n"}, {2, "b\n"}, {4, ""}, {1 << 40, ""}} {
		batches, _ := tail.Since("web.1", c.cursor)
		got := ""
		for _, b := range batches {
			got += string(b.Data)
			if b.Offset != c.cursor {
				t.Errorf("Since(%d) starts at %d", c.cursor, b.Offset)
			}
		}
		if got != c.want {
			t.Errorf("Since(%d) = %q, want %q", c.cursor, got, c.want)
		}
	}
}

func TestTailOfNothingKeepsNothing(t *testing.T) {
	tail := NewTail(0)
	tail.Write(testBatch("web.1", "a\n"))
	if got, _ := tail.Since("web.1", 0); got != nil {
		t.Errorf("Since = %v, want none", got)
	}
}

func TestTailGrowsWithWhatIsWrittenUpToItsSize(t *testing.T) {
	tail := NewTail(DefaultTail)
	tail.Write(testBatch("web.1", "hello\n"))
	if got := len(tail.rings["web.1"].buf); got != minRing {
		t.Errorf("a line takes %d bytes, want %d", got, minRing)
	}
	for range 3 * DefaultTail / 100 {
		tail.Write(testBatch("web.1", strings.Repeat("x", 99)+"\n"))
	}
	if got := len(tail.rings["web.1"].buf); got != DefaultTail {
		t.Errorf("many lines take %d bytes, want %d", got, DefaultTail)
	}
}

func TestABatchLargerThanTheTailKeepsItsLastLines(t *testing.T) {
	tail := NewTail(headerSize + 10)
	b := testBatch("web.1", "0123\n5678\nabcd\n")
	tail.Write(testBatch("web.1", "old\n"))
	b.Offset = 4
	tail.Write(b)
	got, whole := tail.Since("web.1", 0)
	if len(got) != 1 || string(got[0].Data) != "5678\nabcd\n" || got[0].Offset != 9 || whole {
		t.Errorf("Since = %v, %v, want the last two lines at 9, false", got, whole)
	}
	b = testBatch("web.1", "a line that has no room\n")
	b.Offset = 19
	tail.Write(b)
	if got, whole := tail.Since("web.1", 19); got != nil || whole {
		t.Errorf("Since = %v, %v, want none, false", got, whole)
	}
}

// FuzzTail compares with a slice of all records: what is kept is its end.
func FuzzTail(f *testing.F) {
	f.Add(uint16(200), []byte{1, 2, 200, 3, 0, 90, 90, 90, 90})
	f.Add(uint16(300), []byte{50, 51, 52, 53, 54})
	f.Fuzz(func(t *testing.T, size uint16, lengths []byte) {
		tail := NewTail(int(size))
		var all []Batch
		offset := int64(0)
		for i, n := range lengths {
			b := testBatch("web.1", fmt.Sprint(i, strings.Repeat("x", int(n)), "\n"))
			b.Offset, b.Time = offset, time.Unix(int64(i), 0)
			offset += int64(len(b.Data))
			tail.Write(b)
			all = append(all, *b)
		}
		got, whole := tail.Since("web.1", 0)
		if len(got) > len(all) || whole != (len(got) == len(all)) && size > 0 {
			t.Fatalf("%d of %d records, whole %v", len(got), len(all), whole)
		}
		for i, want := range all[len(all)-len(got):] {
			if !bytes.Equal(got[i].Data, want.Data) || got[i].Offset != want.Offset || !got[i].Time.Equal(want.Time) {
				t.Fatalf("record %d is %v, want %v", i, got[i], want)
			}
		}
	})
}
