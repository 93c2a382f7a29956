package process

import "syscall"

// launch is what the reaper knows of one launch between Launched and Gone.
type launch struct {
	key     Key
	spec    Spec // without Argv, Env and files
	pid     int  // the leader's, and so its group's and its session's number
	stdin   int  // our end of its silent pipe, or -1
	account account

	told    Target    // RestSignal has been sent this widely; Leader is: not to the rest
	kill    bool      // SIGKILL to All was asked for
	errands []errand  // signals that wait for the next census
	behind  []Member  // who was alive when the leader died
	death   *Event    // set when the leader is reaped
	exited  bool      // death has been posted
	left    []process // who else was alive at the last census, while it was of use
	spares  bool      // daemons live on that LeaveDaemons tells us to leave
	denied  map[int]bool
}

// errand is a signal for those of a launch that a census finds.
type errand struct {
	to   Target
	sigs []syscall.Signal
	rest bool // the group has had it already
}

func newLaunch(l landing) *launch {
	return &launch{
		key:     l.key,
		pid:     l.pid,
		stdin:   l.stdin,
		account: l.account,
		spec:    Spec{ID: l.spec.ID, RestSignal: l.spec.RestSignal, LeaveDaemons: l.spec.LeaveDaemons},
		denied:  map[int]bool{},
	}
}

// has tells whether p, which is the launch's, is among to.
func (l *launch) has(p process, to Target) bool {
	return to == All || p.group == l.pid
}

func (l *launch) event(k Kind) Event { return Event{Key: l.key, Kind: k, PID: l.pid} }
