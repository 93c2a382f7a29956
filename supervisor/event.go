package supervisor

import "time"

// Kind says what an Event is about.
type Kind uint8

// Of an instance, unless said otherwise.
const (
	KindChanged      Kind = iota // from From to To, because of Cause
	KindLaunched                 // the process exists
	KindLaunchFailed             // it does not, because of Err
	KindExited                   // Status, Uptime, Left
	KindGone                     // what KindExited had left is gone
	KindReady                    // Cause says what was seen
	KindNotReady                 // ready timeout
	KindUndead                   // SIGKILL has not helped for a while
	KindRemoved                  // scaled away: its last event
	KindRollEnded                // of the run: Err, if the roll did not get through
	KindDenied                   // a process of it cannot be signalled: Err
	KindRunEnding                // of the run: Cause, By, Live
	KindRunKilling               // of the run: SIGKILL to what is left
	KindRunEnded                 // of the run: Code; the last event
	KindBug                      // an input that cannot be: Err
)

// Event is what happened. Fields that do not belong to its Kind are zero, but the
// state of the instance (ID to Ready, Restarts, ShortLives) is always there: the last
// event of an instance tells all there is to know of it.
type Event struct {
	Seq  uint64 // from 1, without gaps
	Time time.Time
	Kind Kind

	ID         ID
	Launch     int // 0: never launched
	PID        int // of the leader; 0: none alive
	From, To   State
	Since      time.Time // when it was launched, while PID is not 0
	Ready      bool
	ShortLives int    // in a row
	Restarts   int    // launches after the first
	Last       Status // how the last launch ended, if HasLast
	HasLast    bool

	Cause  string // why, for people: "asked", "SIGTERM", "exited 1"
	Status Status
	Uptime time.Duration
	Next   State         // where the end of a launch leads
	Delay  time.Duration // until the next launch, if Next is BackingOff
	Grace  time.Duration // until SIGKILL
	Left   []Member
	Err    error

	By   ID  // of the run: whose end ended it, if it was an instance's
	Live int // of the run: instances that are not gone
	Code int // of the run: its exit code
}

var kindNames = [...]string{
	KindChanged: "changed", KindLaunched: "launched", KindLaunchFailed: "launch failed",
	KindExited: "exited", KindGone: "gone", KindReady: "ready", KindNotReady: "not ready",
	KindUndead: "undead", KindDenied: "denied",
	KindRemoved: "removed", KindRollEnded: "roll ended", KindRunEnding: "run ending", KindRunKilling: "run killing",
	KindRunEnded: "run ended", KindBug: "bug",
}

func (k Kind) String() string { return kindNames[k] }
