package main

import (
	"regexp"
	"syscall"
	"testing"
	"time"
)

func TestAFloodIsMeasuredInAWindow(t *testing.T) {
	b := testBed(t)
	for _, d := range drains {
		for _, c := range []contender{b.floor(), b.least()} {
			f, err := b.flood(t.Context(), c, d, 2, 100)
			if err != nil || f.megabytes <= 0 || f.seconds < floodWindow.Seconds() {
				t.Errorf("a flood of %s into %s = %+v, %v, want some megabytes in %s or more", c.name, d.name, f, err, floodWindow)
			}
		}
	}
}

func TestARunnerThatLetsNothingThroughIsOut(t *testing.T) {
	b := testBed(t)
	_, err := b.flood(t.Context(), contender{"sh", []string{"sh", "-c", "echo no such file >&2"}}, drains[0], 2, 100)
	if want := "nothing went through: no such file"; err == nil || err.Error() != want {
		t.Errorf("flood of a runner that ends: %v, want %s", err, want)
	}
}

func TestALineIsTimedWhateverStandsBeforeIt(t *testing.T) {
	for _, c := range []struct {
		line  string
		stamp int64
		ok    bool
	}{
		{" 17~", 17, true},
		{"12:00:01 w1.1 | 17~", 17, true},
		{"w1.1 | up (pid 17)", 0, false},
		{"w1.1 | seventeen~", 0, false},
	} {
		if stamp, ok := stampOf(c.line); stamp != c.stamp || ok != c.ok {
			t.Errorf("stampOf(%q) = %d, %t, want %d, %t", c.line, stamp, ok, c.stamp, c.ok)
		}
	}
}

func TestTheFloorStartsAnewWhatIsKilled(t *testing.T) {
	b := testBed(t)
	kill := func(_ *running, pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
	if ms, err := b.gap(t.Context(), b.floor(), 0, kill); err != nil || ms <= 0 {
		t.Errorf("the gap took %v ms, %v, want more than 0", ms, err)
	}
	nobodyHoldsTheFIFO(t, b)
}

func TestTheFloorWaitsForItsChildren(t *testing.T) {
	b := testBed(t)
	if ms, err := b.drained(t.Context(), b.floor()); err != nil || ms < 0 {
		t.Errorf("the floor drained in %v ms more, %v, want 0 or more", ms, err)
	}
}

// A runner that leaves at once would be the fastest of all.
func TestARunnerThatDoesNotWaitForItsChildIsOut(t *testing.T) {
	b := testBed(t)
	script := b.self + " " + slowRole + " >" + b.fifo + " & wait"
	_, err := b.drained(t.Context(), contender{"sh", []string{"sh", "-c", script}})
	if want := regexp.MustCompile(`^it ended after [0-9.]+[mµ]s, before its child$`); err == nil || !want.MatchString(err.Error()) {
		t.Errorf("a runner that does not wait: %v, want %s", err, want)
	}
}

func TestMemoryAndProcessorTimeAreThoseOfOneProcess(t *testing.T) {
	b := testBed(t)
	r, err := b.start(t.Context(), b.floor(), perType(1, b.self+" "+stampRole+" "+b.fifo), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.stop()
	_, pid, err := r.hear()
	if err != nil {
		t.Fatal(err)
	}
	if seconds, err := processorTime(pid); err != nil || seconds <= 0 || seconds > time.Minute.Seconds() {
		t.Errorf("processorTime = %v, %v, want a little", seconds, err)
	}
	if MiB, err := memory(pid, "status", "VmHWM"); err != nil || MiB < 1 || MiB > 100 {
		t.Errorf("memory = %v MiB, %v, want 1 to 100", MiB, err)
	}
	_, err = memory(pid, "status", "VmNone")
	if want := regexp.MustCompile(`^/proc/\d+/status has no VmNone$`); err == nil || !want.MatchString(err.Error()) {
		t.Errorf("memory of nothing: %v, want %s", err, want)
	}
}
