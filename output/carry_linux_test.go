package output

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAReadOfManyRecordsGivesThemAll(t *testing.T) {
	k := &keeper{}
	m := NewMux(Options{Sinks: []Sink{k}})
	a := open(t, m, "web.1", 1)
	widen(int(a.out.Fd()))
	m.most = flood
	stream := "one\ntwo\n" + strings.Repeat("é", MaxLine) + "\n" + strings.Repeat("three\n", 5000) + strings.Repeat("x", MaxLine+10) + "\nrest"
	if len(stream) > flood {
		t.Fatalf("%d bytes are more than is read at once: this tests less", len(stream))
	}
	a.say(t, stream)
	a.Forked(7)
	a.die()
	err := a.readers[0].carry()
	if err == nil { // a slice of time was over, and the end was not seen
		err = a.readers[0].carry()
	}
	if err != io.EOF {
		t.Errorf("carry = %v, want EOF", err)
	}
	got, want := strings.Join(k.records, ""), strings.Join(wantRecords([]byte(stream)), "")
	same := 0
	for same < min(len(got), len(want)) && got[same] == want[same] {
		same++
	}
	if got != want {
		t.Errorf("from byte %d of %d on the records are\n%.100q, want\n%.100q", same, len(want), got[same:], want[same:])
	}
	for _, r := range a.readers {
		r.stop()
	}
}

func TestAPipeThatIsFoundFullIsWidened(t *testing.T) {
	m := NewMux(Options{})
	full, quiet := open(t, m, "web.1", 1), open(t, m, "web.2", 1)
	full.say(t, strings.Repeat("x", usualPipe))
	quiet.say(t, "line\n")
	for _, a := range []*actor{full, quiet} {
		a.readers[0].carry()
	}
	if full, quiet := room(full), room(quiet); full != 256<<10 || quiet != usualPipe {
		t.Errorf("the pipes have room for %d and %d bytes, want %d and %d", full, quiet, 256<<10, usualPipe)
	}
	for _, a := range []*actor{full, quiet} {
		for _, r := range a.readers {
			r.stop()
		}
	}
}

func room(a *actor) int {
	size, _ := unix.FcntlInt(a.out.Fd(), unix.F_GETPIPE_SZ, 0)
	return size
}
