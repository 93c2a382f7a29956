package process

import (
	"fmt"
	"syscall"

	"supervise/signals"
)

// Status says how a process ended: by itself with Code, or by Signal.
// The zero value is an exit with 0.
type Status struct {
	Code   int            // 0 to 255; 0 when a signal ended it
	Signal syscall.Signal // 0 when it ended by itself
	Core   bool           // the kernel says that it dumped core
}

// String is the middle of a sentence: "exited 1", "was killed by SIGSEGV (core dumped)".
func (s Status) String() string {
	switch {
	case s.Signal == 0:
		return fmt.Sprintf("exited %d", s.Code)
	case s.Core:
		return "was killed by " + signals.Name(s.Signal) + " (core dumped)"
	default:
		return "was killed by " + signals.Name(s.Signal)
	}
}

// ExitCode is what a shell would say in $?: the code, or 128 plus the signal's number.
func (s Status) ExitCode() int {
	if s.Signal != 0 {
		return 128 + int(s.Signal)
	}
	return s.Code
}

func statusOf(ws syscall.WaitStatus) Status {
	if ws.Signaled() {
		return Status{Signal: ws.Signal(), Core: ws.CoreDump()}
	}
	return Status{Code: ws.ExitStatus()}
}
