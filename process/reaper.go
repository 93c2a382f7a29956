package process

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// batch is how many deaths are treated before others get a word.
const batch = 256

// storm is how many full batches in a row are treated before anybody is counted: a census
// would look at every zombie that waits, and be in vain, because it may have left children.
const storm = 64

// pollEvery is how often we look at what dies without the kernel telling us.
const pollEvery = 50 * time.Millisecond

// reaper is the goroutine that does every wait and every kill. All fields are its own
// but inbox and forker.
type reaper struct {
	inbox  *queue[func()]
	forker *forker
	notify func(Event)
	resume func(group int) // called for leaders that stop; nil: nothing is

	launches map[Key]*launch
	leaders  map[int]*launch // whose leader is not reaped yet, by its pid
	dying    []*launch       // whose leader is reaped and who are not gone, oldest first
	stash    map[int]early
	errands  bool // some launch has errands
	counted  bool // there was a census in this turn
	full     int  // batches in a row that were
	calm     bool // at the last census no fork was in flight, and every landing known
	family   *family
	post     post
	sweep    *sweep // not nil: we are ending
	done     bool
	poll     *time.Timer
}

// early is the death of a child whose fork has not returned yet, perhaps.
type early struct {
	fork   int64 // the ticket of the fork in flight
	status Status
	time   time.Time
}

func newReaper(f *forker, notify func(Event)) *reaper {
	return &reaper{
		inbox:    newQueue[func()](),
		forker:   f,
		notify:   notify,
		launches: map[Key]*launch{},
		leaders:  map[int]*launch{},
		stash:    map[int]early{},
		family:   newFamily(),
		poll:     time.NewTimer(0),
	}
}

// run sleeps until a child dies, somebody asks for something, or a poll is due. SIGCHLD
// may stand for many deaths, so each turn waits until there is nothing left to wait for.
func (r *reaper) run() {
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	defer signal.Stop(died)
	defer r.family.close()
	for !r.done {
		select {
		case <-died:
		case <-r.inbox.ready:
		case <-r.poll.C:
		}
		for r.turn() {
		}
		r.arm()
	}
}

// turn does what was asked, reaps, and settles accounts; it tells whether there is more.
func (r *reaper) turn() bool {
	r.counted = false
	r.obey()
	deaths := 0
	for deaths < batch && r.reap() {
		deaths++
	}
	if r.resume != nil {
		r.resumeStopped()
	}
	if r.full++; deaths < batch {
		r.full = 0
	} else if r.full < storm {
		return true
	}
	return r.settle() || deaths == batch
}

func (r *reaper) obey() {
	for do, ok := r.inbox.take(); ok; do, ok = r.inbox.take() {
		do()
	}
}

// land learns of a fork's outcome.
func (r *reaper) land(l landing) {
	death, dead := r.stash[l.pid]
	dead = dead && death.fork == l.ticket // else it was a stranger's, whose number this one has
	for pid, e := range r.stash {
		if e.fork <= l.ticket {
			delete(r.stash, pid)
		}
	}
	if l.guardian != nil {
		r.fill(l)
		if dead {
			r.bereave(death.status)
		}
		return
	}
	if l.err != nil {
		l.account.close(false)
		r.notify(Event{Key: l.key, Kind: Failed, Err: l.err, Time: time.Now()})
		return
	}
	n := newLaunch(l)
	r.launches[n.key] = n
	r.leaders[n.pid] = n
	r.family.add(n)
	e := n.event(Launched)
	e.Time = l.time
	r.notify(e)
	if dead {
		r.lastRites(n, false)
		r.bury(n, death.status, death.time)
	}
}

// reap treats one death: signal the group while the zombie pins its number, then reap.
func (r *reaper) reap() bool {
	var l *launch
	var fork int64
	var at time.Time
	pid, ws, ok := nextDeath(func(pid int) {
		at = time.Now()
		if l = r.leaders[pid]; l == nil {
			// Its fork may have returned while we looked: this order finds it in any case.
			fork = r.forker.ticket.Load()
			r.obey()
			l = r.leaders[pid]
		}
		if l != nil {
			r.lastRites(l, true)
		}
	})
	switch {
	case !ok:
		return false
	case l != nil:
		r.bury(l, statusOf(ws), at)
	case pid == r.post.pid:
		r.bereave(statusOf(ws))
	case fork%2 == 1:
		r.stash[pid] = early{fork, statusOf(ws), at}
	}
	return true
}

func (r *reaper) bury(l *launch, s Status, at time.Time) {
	e := l.event(Exited)
	e.Status, e.Left, e.Time = s, l.behind, at
	l.death = &e
	l.account.reaped(l.pid)
	delete(r.leaders, l.pid)
	r.dying = append(r.dying, l)
}

// arm sets the poll for what nobody will tell us.
func (r *reaper) arm() {
	r.poll.Stop()
	switch {
	case r.sweep != nil:
		r.poll.Reset(r.sweep.next())
	case len(r.dying) > 0 && r.family.unsure:
		r.poll.Reset(time.Millisecond)
	case slices.ContainsFunc(r.dying, func(l *launch) bool { return !r.family.told(l.left) }):
		r.poll.Reset(pollEvery)
	}
}
