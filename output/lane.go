package output

import (
	"fmt"
	"sync/atomic"
)

// A lane is the order of one instance's launches. Two of them may have something to say:
// the older one's last words are written before the newer one's first.
type lane struct {
	source        Source
	older, newest *Launch
	lost          atomic.Int64 // bytes given up and not yet confessed
}

// closed is what a launch waits for that has none before it.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// enter puts l at the end of its lane and returns the launch that falls off the other end.
func (m *Mux) enter(l *Launch) (displaced *Launch, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closing {
		return nil, fmt.Errorf("cannot open the output of %s: the output is being closed", l.source.Instance)
	}
	ln := m.lanes[l.source.Instance]
	if ln == nil {
		ln = &lane{source: l.source}
		m.lanes[l.source.Instance] = ln
	}
	l.lane, l.after = ln, ln.settled()
	displaced, ln.older, ln.newest = ln.older, ln.newest, l
	return displaced, nil
}

// settled returns what is closed when all launches until now have said all.
func (ln *lane) settled() <-chan struct{} {
	if ln.newest != nil {
		return ln.newest.settled
	}
	return closed
}

// queueBehindExit makes n a record, and adds it to the last exit notice if that is pending.
func (m *Mux) queueBehindExit(src Source, n Notice) (b Batch, queued bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var newest *Launch
	if ln := m.lanes[src.Instance]; ln != nil {
		newest = ln.newest
	}
	b = n.batch(src, newest)
	if l := m.lastExit; l != nil && !l.silent {
		l.notices = append(l.notices, b)
		return b, true
	}
	return b, false
}

// narrated returns what is closed when all notices until now are said. The caller has m.mu.
func (m *Mux) narrated() <-chan struct{} {
	if m.lastExit != nil {
		return m.lastExit.settled
	}
	return closed
}

// shut lets nothing be opened any more and returns what is.
func (m *Mux) shut() (open []*Launch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closing = true
	for _, ln := range m.lanes {
		for _, l := range []*Launch{ln.older, ln.newest} {
			if l != nil {
				open = append(open, l)
			}
		}
	}
	return open
}
