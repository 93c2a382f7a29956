package supervisor

import (
	"fmt"
	"strings"
	"syscall"
)

// effect is what a machine wants done, as a value: the loop does it, a transcript
// prints it.
type effect interface{ String() string }

// The effects of a life. Each is about one launch.
type (
	launchEffect struct{ launch Launch }
	abortEffect  struct{ launch Launch }
	signalEffect struct {
		launch Launch
		sig    syscall.Signal
		to     Target
	}
	openEffect struct {
		launch Launch
		ready  Ready
	}
	closeEffect struct{ launch Launch }
	probeEffect struct {
		launch Launch
		kind   ReadyKind
	}
	forgetEffect struct{ launch Launch }
)

// publishEffect hands an event to the watchers.
type publishEffect struct{ event Event }

// finishEffect ends Run.
type finishEffect struct{ code int }

func (l Launch) String() string { return fmt.Sprintf("%s launch %d", l.ID, l.N) }

func (e launchEffect) String() string { return "launch " + e.launch.String() }
func (e abortEffect) String() string  { return "abort " + e.launch.String() }
func (e signalEffect) String() string {
	return fmt.Sprintf("signal %s: %s to %s", e.launch, e.sig, e.to)
}
func (e openEffect) String() string   { return "open " + e.launch.String() }
func (e closeEffect) String() string  { return "close " + e.launch.String() }
func (e probeEffect) String() string  { return "probe " + e.launch.String() }
func (e forgetEffect) String() string { return "forget " + e.launch.String() }
func (e finishEffect) String() string { return fmt.Sprintf("finish with %d", e.code) }

func (e publishEffect) String() string {
	ev := e.event
	var b strings.Builder
	switch ev.Kind {
	case KindRunEnding, KindRunKilling, KindRunEnded, KindRollEnded:
		fmt.Fprintf(&b, "%s", ev.Kind)
	case KindChanged:
		fmt.Fprintf(&b, "%s is %s", ev.ID, ev.To)
	default:
		fmt.Fprintf(&b, "%s %s", ev.ID, ev.Kind)
		if ev.From != ev.To {
			fmt.Fprintf(&b, ", is %s", ev.To)
		}
	}
	writeFacts(&b, ev)
	return b.String()
}

func writeFacts(b *strings.Builder, ev Event) {
	if ev.Delay > 0 {
		fmt.Fprintf(b, ", next launch in %s", ev.Delay)
	}
	if ev.Grace > 0 {
		fmt.Fprintf(b, ", grace %s", ev.Grace)
	}
	if len(ev.Left) > 0 {
		fmt.Fprintf(b, ", left %v", ev.Left)
	}
	if ev.Kind == KindExited && ev.ShortLives > 0 {
		fmt.Fprintf(b, ", short life %d", ev.ShortLives)
	}
	if ev.Cause != "" {
		fmt.Fprintf(b, ": %s", ev.Cause)
	}
	if ev.Err != nil && ev.Err.Error() != ev.Cause {
		fmt.Fprintf(b, ": %v", ev.Err)
	}
}
