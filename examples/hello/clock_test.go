package main

import (
	"syscall"
	"testing"
	"time"
)

func TestClockStopsAtOnce(t *testing.T) {
	t.Parallel()
	clock := start(t, "clock")
	clock.until("one line every 5s")
	clock.cmd.Process.Signal(syscall.SIGTERM)
	rest, code := clock.end()
	if len(rest) == 0 || rest[len(rest)-1] != "the clock stops, bye" || code != 0 {
		t.Errorf("clock ended with %q and exit code %d", rest, code)
	}
}

func TestClockKeepsTheBeatOfTheWallClock(t *testing.T) {
	for now, want := range map[string]string{
		"12:00:00.000": "12:00:05",
		"12:00:04.999": "12:00:05",
		"12:00:05.001": "12:00:10",
		"12:59:58.000": "13:00:00",
	} {
		at, err := time.Parse("15:04:05.000", now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextBeat(at).Format(time.TimeOnly); got != want {
			t.Errorf("nextBeat(%s) = %s, want %s", now, got, want)
		}
	}
}
