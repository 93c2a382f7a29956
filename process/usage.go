package process

import (
	"maps"
	"time"
)

// Usage is what the processes of a launch use together: those in its session, and the
// descendants that have left it, spared or not.
type Usage struct {
	PID       int           // the leader's
	Age       time.Duration // of the leader; 0 when it is dead
	CPU       time.Duration // in user and kernel mode, with that of the children they waited for
	Resident  int64         // bytes in memory; what several of them share counts for each
	Files     int           // open descriptors
	Processes int           // alive
}

// Usage looks at what every launch uses that has a process. It is nil where that cannot
// be known: without a /proc of our pid namespace, on macOS, and after [Table.Close]. It is
// one scan of /proc, on the caller's time: the reaper only says whom it knows.
//
// CPU can fall between two looks: what a process has used is lost with it when nobody of
// the launch waits for it (proc_pid_stat(5), cutime).
func (t *Table) Usage() map[Key]Usage {
	answer := make(chan *family, 1)
	t.reaper.inbox.put(func() { answer <- t.reaper.family.acquaintance() })
	select {
	case f := <-answer:
		defer f.close()
		return f.usage()
	case <-t.forker.quit:
		return nil
	}
}

// acquaintance is a family that knows whom f knows, and of whom f learns nothing: that
// somebody was seen by it must not keep f from recognising them later.
func (f *family) acquaintance() *family {
	a := newFamily()
	a.guardian = f.guardian
	a.leaders, a.ids, a.known = maps.Clone(f.leaders), maps.Clone(f.ids), maps.Clone(f.known)
	return a
}
