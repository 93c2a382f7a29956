package supervisor

import (
	"net/netip"
	"syscall"
)

// Launch numbers one start of one instance, from 1.
type Launch struct {
	ID ID
	N  int
}

// Launcher is the OS as the supervisor needs it. No method may block. What comes of
// a call is reported with [Supervisor.Report]: Launched or LaunchFailed once for each
// Launch; after Launched, Exited once, and Gone once, in this order.
type Launcher interface {
	Launch(Launch)
	// Abort takes back a Launch that has not been forked; if it is too late it
	// does nothing, else LaunchFailed with ErrAborted is reported.
	Abort(Launch)
	// Signal is dropped in silence when its launch is gone. A stop signal is
	// followed by SIGCONT, so that a stopped process can act on it.
	Signal(Launch, syscall.Signal, Target)
}

// Target says who of a launch is signalled.
type Target uint8

// The leader; its whole group and session; everything, daemons too. The leader of a
// command that supervise itself handed to a shell stands for its group (ToMaster).
const (
	ToLeader Target = iota
	ToMaster
	ToGroup
	ToAll
)

func (t Target) String() string {
	return [...]string{"leader", "master", "group", "all"}[t]
}

// Gate is the front door as the supervisor needs it: what Open has named may be
// claimed for a request until Close returns; drained is called, from any goroutine,
// when the last claim has ended. Neither method may block.
type Gate interface {
	Open(l Launch, addr netip.AddrPort)
	Close(l Launch, drained func())
}

// Prober finds out whether a launch is ready and reports Ready, at most once.
type Prober interface {
	Probe(Launch, ReadyKind)
	Forget(Launch) // it ended; a Ready that is on its way does no harm
}

// Report is what the OS, the gate or the prober has to say of one launch.
type Report interface{ of() Launch }

// Launched: the fork succeeded.
type Launched struct {
	Launch Launch
	PID    int
}

// LaunchFailed: there is no process. Err says why; Transient failures (a lack of
// processes, memory or descriptors) are tried again soon and never count as short
// lives; Code is what the run ends with if it ends for this, 126 or 127.
type LaunchFailed struct {
	Launch    Launch
	Err       error
	Transient bool
	Code      int
}

// Exited: the leader is dead. Left are the processes of the launch that still live.
type Exited struct {
	Launch Launch
	Status Status
	Left   []Member
}

// Gone: no process of the launch is alive.
type Gone struct{ Launch Launch }

// Ready: the launch can serve, at Addr if that is known.
type Ready struct {
	Launch Launch
	Addr   netip.AddrPort
	How    string // what was seen, for people: "listens on 127.0.0.1:5000"
}

// Drained: no request is in flight at the launch.
type Drained struct{ Launch Launch }

// Denied: the kernel did not let us signal a process of the launch.
type Denied struct {
	Launch Launch
	Err    error
}

func (r Denied) of() Launch       { return r.Launch }
func (r Launched) of() Launch     { return r.Launch }
func (r LaunchFailed) of() Launch { return r.Launch }
func (r Exited) of() Launch       { return r.Launch }
func (r Gone) of() Launch         { return r.Launch }
func (r Ready) of() Launch        { return r.Launch }
func (r Drained) of() Launch      { return r.Launch }
