package main

import (
	"context"
	"log"
	"time"
)

// beat is how often clock says the time.
const beat = 5 * time.Second

// clock says the time at every beat of the wall clock until ctx ends. It holds
// nothing that would have to be finished.
func clock(ctx context.Context, say *log.Logger, _ []string) error {
	say.Printf("one line every %v", beat)
	for {
		next := nextBeat(time.Now())
		select {
		case <-time.After(time.Until(next)):
			say.Printf("it is %s", next.Format(time.TimeOnly))
		case <-ctx.Done():
			say.Print("the clock stops, bye")
			return nil
		}
	}
}

// nextBeat returns the first beat after now, so that every clock everywhere ticks
// at the same moment whenever it was started.
func nextBeat(now time.Time) time.Time {
	return now.Truncate(beat).Add(beat)
}
