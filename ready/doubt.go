package ready

import (
	"slices"
	"time"

	"supervise/ports"
)

// doubt remembers listeners that are strangers'. To find that out takes a census, and
// seldom changes.
type doubt struct {
	on           []ports.Listener
	since, until time.Time
}

// longest is for how long doubts are kept.
const longest = time.Second

func (d *doubt) holds(on []ports.Listener) bool {
	return slices.Equal(d.on, on) && time.Now().Before(d.until)
}

// add doubts on for as long as it has been in doubt already: the first finding may have
// met somebody between two system calls.
func (d *doubt) add(on []ports.Listener) {
	now := time.Now()
	if !slices.Equal(d.on, on) {
		d.on, d.since = on, now
	}
	d.until = now.Add(min(now.Sub(d.since), longest))
}
