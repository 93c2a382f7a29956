package supervisor

import (
	"errors"
	"syscall"
	"time"
)

// Command is what is asked of a running supervisor: one of the types below.
type Command interface{ command() }

// Start launches an instance that is down, ended, failed or backing off.
type Start struct{ ID ID }

// Stop stops an instance; it stays down until Start or Restart.
type Stop struct{ ID ID }

// Restart stops an instance and launches it again when it is gone.
type Restart struct{ ID ID }

// Signal sends a signal to an instance's leader, and changes nothing else.
type Signal struct {
	ID     ID
	Signal syscall.Signal
}

// Shutdown ends the run: everything is stopped at once, in parallel, within the
// stop budget. The first one decides Code, with which the run ends, and Cause. Now
// kills instead; a later Shutdown that says Now hastens an earlier one.
type Shutdown struct {
	Cause string
	Code  int
	Now   bool
}

// Resume says that the whole formation was stopped for a time (Ctrl-Z): every
// deadline is that much later.
type Resume struct{ After time.Duration }

func (Start) command()    {}
func (Stop) command()     {}
func (Restart) command()  {}
func (Signal) command()   {}
func (Shutdown) command() {}
func (Resume) command()   {}

// Why a command was refused.
var (
	ErrUnknown    = errors.New("no such instance")
	ErrNotRunning = errors.New("is not running")
	ErrEnding     = errors.New("supervise is shutting down")
)

// ErrAborted is LaunchFailed's reason when Abort came in time.
var ErrAborted = errors.New("taken back before it was launched")
