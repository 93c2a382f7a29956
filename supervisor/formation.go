package supervisor

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ID names an instance: ID{"web", 1} is web.1. N counts from 1.
type ID struct {
	Type string
	N    int
}

func (id ID) String() string { return id.Type + "." + strconv.Itoa(id.N) }

// ParseID reads "web.1", and nothing that String would write otherwise.
func ParseID(s string) (ID, error) {
	name, number, _ := strings.Cut(s, ".")
	n, _ := strconv.Atoi(number)
	if id := (ID{name, n}); name != "" && n > 0 && id.String() == s {
		return id, nil
	}
	return ID{}, fmt.Errorf("%q is not an instance: instances are named like web.1", s)
}

// Formation says what should run. The zero value runs nothing.
type Formation struct {
	Types []ProcessType // in the order of the Procfile

	// StopBudget is all the time from the first request to stop to the end of
	// Run; SIGKILL is sent KillReserve before its end. Zero means no limit.
	StopBudget time.Duration

	// LameDuck is how long Gated types go on serving after a request to stop; at most
	// a fifth of the stop budget.
	LameDuck time.Duration
}

// KillReserve is what a stop budget keeps for SIGKILL to take effect.
const KillReserve = time.Second

// GraceBudget is the most grace that the stop budget allows: all but the reserve, and at
// least a third of a budget that is too short for it. 0 means no limit.
func (f Formation) GraceBudget() time.Duration {
	return max(f.StopBudget-KillReserve, f.StopBudget/3)
}

// LameDuckTime is LameDuck as far as the stop budget allows it.
func (f Formation) LameDuckTime() time.Duration {
	if f.StopBudget > 0 {
		return min(f.LameDuck, f.StopBudget/5)
	}
	return f.LameDuck
}

// ProcessType is one process type and how its instances live. Names, defaults and
// meaning of the fields are those of the flags of supervise start.
type ProcessType struct {
	Name  string
	Count int // instances wanted from the start

	StopSignal  syscall.Signal
	StopMode    StopMode
	Grace       time.Duration // from the stop signal to SIGKILL
	Restart     RestartPolicy
	StableAfter time.Duration // an uptime from which a launch counts as healthy
	BackoffCap  time.Duration // the longest wait between launches
	GiveUp      int           // short lives in a row that end the run; 0: never
	ExitWith    bool          // an instance that ends by itself ends the run

	Ready          ReadyKind
	ReadyTimeout   time.Duration // until NotReady is published; 0: never
	After          []string      // types that must be ready before a first launch
	MaxUnavailable int           // instances that a roll may have down at a time; 0 means 1
	Gated          bool          // has a Gate: is opened when ready, drained before a stop
	DrainTimeout   time.Duration // how long a drain may take; only if Gated
	Surge          bool          // a roll starts an extra instance first; only if Gated

	// Fingerprint stands for all that a launch is made of: an Adopt with another one
	// restarts the type.
	Fingerprint string
}

// StopMode says who gets the stop signal (section 7 of the manual).
type StopMode uint8

// The leader alone, what is left as soon as it is gone; the leader alone; everybody.
const (
	StopMixed StopMode = iota
	StopLeader
	StopGroup
)

func (m StopMode) String() string { return [...]string{"mixed", "leader", "group"}[m] }

// RestartPolicy says what follows when an instance ends by itself.
type RestartPolicy uint8

// Failure means a code other than 0, a signal, or processes left behind.
const (
	RestartOnFailure RestartPolicy = iota
	RestartAlways
	RestartNever
)

func (p RestartPolicy) String() string {
	return [...]string{"on-failure", "always", "never"}[p]
}

// ReadyKind says what makes a launch ready. The machines only tell ReadyDone from
// the others; the Prober does the rest.
type ReadyKind uint8

// Ready unprobed: never; alive for a second; listening on its port; answering HTTP;
// having said so by sd_notify; having exited with 0.
const (
	ReadyUnprobed ReadyKind = iota
	ReadyAlive
	ReadyPort
	ReadyHTTP
	ReadyNotify
	ReadyDone
)

func (k ReadyKind) String() string {
	return [...]string{"", "alive", "port", "http", "notify", "done"}[k]
}
