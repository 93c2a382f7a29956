package supervisor

import (
	"syscall"
	"time"
)

// inputKind numbers the columns of the table.
type inputKind uint8

const (
	onStart inputKind = iota
	onStop
	onRestart
	onKill
	onSignal
	onCleared
	onLaunched
	onLaunchFailed
	onExited
	onGone
	onReady
	onDrained
	onDeadline

	nInputs = iota
)

var inputNames = [nInputs]string{
	"start", "stop", "restart", "kill", "signal", "cleared", "launched",
	"launch failed", "exited", "gone", "ready", "drained", "deadline",
}

func (k inputKind) String() string { return inputNames[k] }

// input is what a life is told: a wish of plan's, or a Report.
type input interface{ kind() inputKind }

// start asks for a launch; held says that it has to wait for other types.
type start struct {
	cause string
	held  bool
}

// stop asks for an end, with at most this much grace, and this much time for requests
// before it, where that is not 0.
type stop struct {
	cause string
	grace time.Duration
	drain time.Duration
}

// restart asks for a stop and a launch.
type restart struct{ cause string }

// kill asks for an end without grace.
type kill struct{ cause string }

// signal passes a signal on.
type signal struct{ sig syscall.Signal }

// cleared says that the types waited for are ready.
type cleared struct{ cause string }

// deadline says that the life's own deadline has come.
type deadline struct{}

func (start) kind() inputKind        { return onStart }
func (stop) kind() inputKind         { return onStop }
func (restart) kind() inputKind      { return onRestart }
func (kill) kind() inputKind         { return onKill }
func (signal) kind() inputKind       { return onSignal }
func (cleared) kind() inputKind      { return onCleared }
func (deadline) kind() inputKind     { return onDeadline }
func (Launched) kind() inputKind     { return onLaunched }
func (LaunchFailed) kind() inputKind { return onLaunchFailed }
func (Exited) kind() inputKind       { return onExited }
func (Gone) kind() inputKind         { return onGone }
func (Ready) kind() inputKind        { return onReady }
func (Drained) kind() inputKind      { return onDrained }
