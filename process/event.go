package process

import "time"

// Kind says what happened to a launch.
type Kind uint8

const (
	// Launched: the program runs (its execve has succeeded) as PID.
	Launched Kind = iota
	// Failed: there is no process; Err says why ([ErrAborted], an [*Error], or the kernel's
	// refusal to fork). Nothing follows.
	Failed
	// Exited: the leader is dead and reaped; Status says how, Left whom it left alive.
	Exited
	// Gone: nobody of the launch is alive. Nothing follows.
	Gone
	// Denied: the kernel did not let us signal Left[0] (a process of another user); Err says
	// so. Once for each process, at any time between Launched and Gone.
	Denied
	// Guarded is of no launch (Key is zero): PID is the guardian. Left[0] is the one whom it
	// replaces and Status says how that one ended; Left is empty for the first. With Err there
	// is none, and why; another attempt follows.
	Guarded
)

// String is the kind's name in lower case.
func (k Kind) String() string {
	return [...]string{"launched", "failed", "exited", "gone", "denied", "guarded"}[k]
}

// Event is one thing that happened to one launch.
type Event struct {
	Key    Key
	Kind   Kind
	PID    int       // the leader's; 0 for Failed
	Status Status    // of Exited and Guarded
	Left   []Member  // of Exited, Denied and Guarded, ordered by pid
	Err    error     // of Failed, Denied and Guarded
	Time   time.Time // when the kernel told us; for Launched just before the fork
}

// Member is a process of a launch that is not its leader.
type Member struct {
	PID     int
	Command string // the kernel's short name for it (comm: at most 15 bytes on Linux), any bytes
	Stuck   bool   // in an uninterruptible sleep: not even SIGKILL ends it before the kernel is done
}
