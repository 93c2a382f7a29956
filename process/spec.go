package process

import (
	"os"
	"syscall"
)

// Spec says what to run and what to do about those that it leaves behind.
type Spec struct {
	// Argv is the program and its arguments. Argv[0] is looked up by [LookPath] in Env's
	// PATH and relative to Dir, never in our own.
	Argv []string
	// Env is the whole environment ("NAME=value"); nothing is added.
	Env []string
	// Dir is the working directory; "" is ours.
	Dir string
	// Stdin is the child's; nil is an open pipe, its own, on which nothing ever comes.
	Stdin *os.File
	// Stdout and Stderr are the child's ends; nil is /dev/null. A terminal ([OpenTerminal]) is
	// all three. The caller closes its copies at Launched or Failed.
	Stdout, Stderr *os.File
	// ID is the value of SUPERVISE_ID in Env. Whoever has left the launch's session is known
	// by it; empty, only by its ancestors.
	ID string
	// RestSignal, then SIGCONT, is sent at the leader's death to everybody it leaves behind
	// whom [Table.Signal] has not sent it to already. 0 is nothing.
	RestSignal syscall.Signal
	// LeaveDaemons: what has left the session is neither signalled nor waited for.
	LeaveDaemons bool
	// Prepare, unless it is nil, fills in the rest when the launch's turn to be forked has
	// come, on the forking goroutine. What it opens is not there while those before are
	// forked: each fork copies all of our descriptors, and each exec closes them. Its error
	// is that of Failed; a launch that is aborted before is not prepared.
	Prepare func(*Spec) error

	sys *syscall.SysProcAttr // instead of a session of its own
}

func (s *Spec) prepare() error {
	if s.Prepare == nil {
		return nil
	}
	return s.Prepare(s)
}

// Target says to whom of a launch a signal goes.
type Target uint8

const (
	// Leader is the process that was launched; nobody after its death.
	Leader Target = iota
	// Group is the leader's process group.
	Group
	// All is everybody: the group, the rest of the session, and what has left it unless
	// [Spec.LeaveDaemons].
	All
)
