package supervisor

import "fmt"

// State is where an instance is in its life.
type State uint8

// The states, in the words of the manual. Ended and Failed are for good: the
// instance ended by itself and its policy does not launch it again, after a success
// or a failure.
const (
	Down State = iota
	Waiting
	Starting
	Up
	Draining
	Stopping
	Killing
	BackingOff
	Ended
	Failed

	nStates = iota
)

var stateNames = [nStates]string{
	"down", "waiting", "starting", "up", "draining", "stopping", "killing", "backing off", "ended", "failed",
}

func (s State) String() string { return stateNames[s] }

// Status is how a leader ended: by a signal if Signal is not 0, else with Code.
type Status struct {
	Code   int
	Signal int
	Name   string // of the signal, as people write it; without it they read its number
	Core   bool   // the kernel wrote a core file
}

// ExitCode is the code a shell would report: Code, or 128 plus the signal.
func (s Status) ExitCode() int {
	if s.Signal != 0 {
		return 128 + s.Signal
	}
	return s.Code
}

// Success says that it exited with 0.
func (s Status) Success() bool { return s == Status{} }

// String is the middle of a sentence: "exited 1", "was killed by SIGSEGV (core dumped)".
func (s Status) String() string {
	if s.Signal == 0 {
		return fmt.Sprintf("exited %d", s.Code)
	}
	text := "was killed by " + s.Name
	if s.Name == "" {
		text += fmt.Sprintf("signal %d", s.Signal)
	}
	if s.Core {
		text += " (core dumped)"
	}
	return text
}

// Member is a process that a leader left behind.
type Member struct {
	PID     int
	Command string
}

func (m Member) String() string { return fmt.Sprintf("pid %d (%s)", m.PID, m.Command) }
