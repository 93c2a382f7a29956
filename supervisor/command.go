package supervisor

import (
	"errors"
	"syscall"
	"time"
)

// Command is what is asked of a running supervisor: one of the types below. Where one
// names instances, an ID with N 0 means all instances of its type.
type Command interface{ command() }

// Start launches instances that are down, ended, failed or backing off.
type Start struct{ IDs []ID }

// Stop stops instances; they stay down until Start, Restart or Scale.
type Stop struct{ IDs []ID }

// Restart stops instances and launches them again, one after the other: a roll. No IDs
// means everything. Of each type at most MaxUnavailable are down at a time; a launch
// that does not get ready ends the roll, and the rest keep serving. A second roll
// replaces the first.
type Restart struct {
	IDs       []ID
	AllAtOnce bool // no roll: everything named, at once
}

// Scale sets the number of instances of a type, or changes it by N if Relative. The
// highest numbers stop first. Scaling down never takes the run's end upon it: a type
// scaled to 0 keeps the run alive.
type Scale struct {
	Type     string
	N        int
	Relative bool
}

// Signal sends a signal to instances' leaders, and changes nothing else.
type Signal struct {
	IDs    []ID
	Signal syscall.Signal
}

// Adopt replaces the formation: types that are new start with their Count, types that
// are gone stop, types whose Fingerprint changed are restarted by a roll. Counts of types
// that stay are left as they are. Before, if set, is called by the loop when nothing of the
// new formation has been launched yet, and nothing of the old will be.
type Adopt struct {
	Formation Formation
	Before    func()
}

// Shutdown ends the run: everything is stopped at once, in parallel, within the
// stop budget. The first one decides Code, with which the run ends, and Cause. Now
// kills instead; a later Shutdown that says Now hastens an earlier one.
type Shutdown struct {
	Cause string
	Code  int
	Now   bool

	by ID // the instance whose end this is
}

// Resume says that the whole formation was stopped for a time (Ctrl-Z): every
// deadline is that much later.
type Resume struct{ After time.Duration }

// Pause stops deciding while Until runs, as it does from a Ctrl-Z to the fg after it: no
// deadline can come before the time that has passed is added to it, as by Resume. Until is
// called by the loop, the one thing that may block it: nobody else must be running either.
type Pause struct{ Until func() }

// pass is the time it took.
func (p Pause) pass() Resume {
	begun := time.Now()
	p.Until()
	return Resume{After: time.Since(begun)}
}

func (Start) command()    {}
func (Stop) command()     {}
func (Restart) command()  {}
func (Scale) command()    {}
func (Signal) command()   {}
func (Adopt) command()    {}
func (Shutdown) command() {}
func (Resume) command()   {}
func (Pause) command()    {}

// Why a command was refused.
var (
	ErrUnknown     = errors.New("no such instance")
	ErrUnknownType = errors.New("no such process type")
	ErrNoInstance  = errors.New("has no instance: scale it first") // a type that there is
	ErrNotRunning  = errors.New("is not running")
	ErrEnding      = errors.New("supervise is shutting down")
)

// ErrAborted is LaunchFailed's reason when Abort came in time.
var ErrAborted = errors.New("taken back before it was launched")

// ErrReplaced is why a roll ends before its end when another one begins.
var ErrReplaced = errors.New("another roll replaces it")
