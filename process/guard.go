package process

import (
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// The descriptors of a guardian besides its standard streams, which are /dev/null.
const (
	lifeFD   = 3 // the reading end of a pipe: at its end our parent is dead
	ledgerFD = 4
)

const (
	sweepFor   = 10 * time.Second // how long a guardian goes on when ever more turn up
	bornWithin = time.Second      // how long who executes a program may take to get its environment
)

// Guard is the whole life of a guardian; it returns false at once if we are none. A program
// that calls [Table.Guard] calls it before anything else, and ends when it returns true:
// the guardian is the same program once more.
func Guard() bool {
	if len(os.Args) != 3 || os.Args[0] != guardianName {
		return false
	}
	signal.Ignore()
	nameOurselves()
	Unmap() // it waits, as a rule for ever
	if orphaned(lifeFD) {
		e := inherit(os.Args[2], os.NewFile(ledgerFD, "ledger"))
		defer e.procs.close()
		e.sweep()
	}
	return true
}

// orphaned waits for the end of a pipe into which nobody writes, in the kernel.
func orphaned(fd int) bool {
	for {
		_, err := syscall.Read(fd, make([]byte, 1))
		if err != syscall.EINTR {
			return err == nil
		}
	}
}

// estate is what a supervisor has left.
type estate struct {
	prefix   string          // of every ID of the run
	sessions map[int]bool    // that were alive; true: if no process has their number
	spared   map[uint64]bool // fingerprints of IDs of daemons that may stay
	procs    *lister
	id       func(pid int) (string, naming)
	all      []process
	struck   map[int]uint64 // who was sent SIGKILL: their start by pid
	others   map[int]uint64 // who has another environment, whatever they execute next
	unsure   bool           // somebody's environment was not there yet
}

func inherit(run string, ledger io.ReaderAt) *estate {
	e := &estate{prefix: run + ".", procs: newLister(), struck: map[int]uint64{}, others: map[int]uint64{}}
	e.sessions, e.spared = readLedger(ledger)
	e.id = e.procs.id
	return e
}

// sweep kills everybody until two looks in a row find nobody new. Who has been sent SIGKILL
// forks no more (fork(2) fails while it is pending), even if it takes its time to die.
func (e *estate) sweep() {
	start := time.Now()
	for empty := 0; empty < 2 && time.Since(start) < sweepFor; empty++ {
		if e.strike() || e.unsure && time.Since(start) < bornWithin {
			empty = -1
		}
	}
}

// strike takes one look and tells whether it found somebody.
func (e *estate) strike() (found bool) {
	var err error
	e.unsure = false
	if e.all, err = e.procs.list(e.all[:0]); err != nil {
		e.strikeGroups()
		return false
	}
	e.disown()
	for _, p := range e.all {
		if start, before := e.struck[p.pid]; before && start == p.start {
			continue
		}
		if p.alive() && e.has(p) {
			e.struck[p.pid] = p.start
			e.procs.deliver(p, []syscall.Signal{syscall.SIGKILL})
			found = true
		}
	}
	return found
}

// disown drops the sessions whose number is somebody's who was not there before.
func (e *estate) disown() {
	for _, p := range e.all {
		if e.sessions[p.pid] {
			delete(e.sessions, p.pid)
		}
	}
}

// has tells whether p is left by the run. Session 0 is the kernel's threads', who have no
// environment, and of processes from outside our pid namespace.
func (e *estate) has(p process) bool {
	if _, ours := e.sessions[p.session]; ours || p.session == 0 {
		return ours
	}
	if start, known := e.others[p.pid]; known && start == p.start {
		return false
	}
	id, naming := e.id(p.pid)
	ours := strings.HasPrefix(id, e.prefix) && !e.spared[fingerprint(id)]
	switch {
	case naming == unborn:
		e.unsure = true
	case naming == named && !ours:
		e.others[p.pid] = p.start
	}
	return ours
}

// strikeGroups does what can be done without a list of processes.
func (e *estate) strikeGroups() {
	for session, mayBeAnothers := range e.sessions {
		if !mayBeAnothers {
			syscall.Kill(-session, syscall.SIGKILL)
		}
	}
}
