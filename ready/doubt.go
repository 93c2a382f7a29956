package ready

import (
	"slices"
	"time"

	"supervise/ports"
)

// doubt remembers that the listeners on a port are strangers', since it takes a census to
// find that out, and it seldom changes.
type doubt struct {
	on           []ports.Listener
	since, until time.Time
}

// longest is how long a doubt is kept before the next census.
const longest = time.Second

// holds tells whether on, the listeners of now, are still known to be strangers'.
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
