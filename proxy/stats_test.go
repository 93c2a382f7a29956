package proxy

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheRateIsThatOfTheLastTenSeconds(t *testing.T) {
	var r rate
	now := time.Unix(1000, 0)
	for _, c := range []struct {
		after time.Duration
		adds  int
		want  float64
	}{
		{0, 20, 0}, // its second has not ended
		{time.Second, 10, 2},
		{time.Second, 0, 3},
		{8 * time.Second, 0, 3},
		{time.Second, 0, 1},
		{time.Second, 0, 0},
	} {
		now = now.Add(c.after)
		for range c.adds {
			r.add(now)
			r.at(now).waited += 3 * time.Second
		}
		got, wait := r.lately(now)
		if wait != 0 && wait != 3*time.Second {
			t.Errorf("at %d: a wait of %v, want that of each", now.Unix(), wait)
		}
		if got != c.want {
			t.Errorf("at %d: %v per second, want %v", now.Unix(), got, c.want)
		}
	}
}

func TestASnapshotListsOpenAndDrainingBackends(t *testing.T) {
	f := New(Options{})
	addr := netip.MustParseAddrPort("127.0.0.1:1")
	f.Open(Backend{"web.1", 1}, addr)
	f.Open(Backend{"web.2", 1}, addr)
	b, _ := f.table.claim(t.Context(), farAway())
	f.Close(b.name, nil)
	s := f.Snapshot()
	if s.InFlight != 1 || len(s.Backends) != 2 || s.ByName[b.name.Name].InFlight != 1 {
		t.Fatalf("snapshot %+v", s)
	}
	if got := s.Backends[1]; got.Backend != b.name || !got.Draining || got.InFlight != 1 || got.Addr != addr {
		t.Errorf("draining %+v", got)
	}
	f.table.release(b)
	if got := f.Snapshot().Backends; len(got) != 1 {
		t.Errorf("drained, it is still listed: %+v", got)
	}
}

func TestWhatAnInstanceHasAnsweredOutlivesItsLaunch(t *testing.T) {
	f := New(Options{})
	addr := netip.MustParseAddrPort("127.0.0.1:1")
	for launch := range 2 {
		f.Open(Backend{"web.1", launch + 1}, addr)
		b, _ := f.table.claim(t.Context(), farAway())
		f.table.count(b, 204)
		f.table.release(b)
		f.Close(b.name, nil)
	}
	f.table.count(nil, 503)
	s := f.Snapshot()
	if got := s.ByName["web.1"]; got.Requests != 2 || !maps.Equal(got.Answers, map[int]uint64{204: 2}) {
		t.Errorf("web.1 has %+v, want two requests and two answers", got)
	}
	if !maps.Equal(s.Answers, map[int]uint64{204: 2, 503: 1}) || !maps.Equal(s.Refusals, map[int]uint64{503: 1}) {
		t.Errorf("answers are %v, of these our own %v", s.Answers, s.Refusals)
	}
}

func TestReportsAreOneASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		r := newReporter(func(line string) { got = append(got, line) })
		for i := range 3 {
			fmt.Fprintf(r, "line %d\nstack", i)
		}
		<-time.After(time.Second) // of the bubble
		r.line("line 3")
		synctest.Wait()
		if want := []string{"line 0", "line 3 (and 2 more since the last line)"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestNoRequestWaitsForASlowLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := make(chan string)
		r := newReporter(func(line string) { log <- line })
		for i := range 3 {
			r.line(fmt.Sprint("line ", i)) // would be a deadlock
			<-time.After(time.Second)
		}
		if got := <-log; got != "line 0" {
			t.Errorf("got %q first", got)
		}
		synctest.Wait()
		r.line("line 3")
		if got, want := <-log, "line 3 (and 2 more since the last line)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
