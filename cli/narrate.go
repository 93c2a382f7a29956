package cli

import (
	"context"
	"fmt"
	"strings"
	"syscall"

	"supervise/output"
	"supervise/process"
	"supervise/signals"
	"supervise/supervisor"
)

// narrator writes events as lines of "system". It may be slow: it is a watcher.
type narrator struct {
	mux      *output.Mux
	launcher *launcher
	prober   *prober
	refused  refusals
}

// tell narrates until the last event.
func (n *narrator) tell(w *supervisor.Watcher) {
	for {
		e, _, err := w.Next(context.Background())
		if err != nil {
			return
		}
		n.one(*e)
	}
}

// one writes the line of an event. The line of an exit follows the last words of its
// launch, so it goes through that launch's output.
func (n *narrator) one(e supervisor.Event) {
	notice := output.Notice{Text: n.text(e), Event: e.Kind.String(), Cause: e.Cause}
	launch := supervisor.Launch{ID: e.ID, N: e.Launch}
	switch e.Kind {
	case supervisor.KindExited:
		n.launcher.of(launch).out.Exited(notice)
		if len(e.Left) == 0 {
			n.launcher.forget(launch).out.Gone()
		}
		return
	case supervisor.KindGone:
		n.launcher.forget(launch).out.Gone()
	case supervisor.KindLaunchFailed:
		more, worth := n.refused.worth(e)
		if !worth {
			return
		}
		notice.Text += more
	case supervisor.KindLaunched, supervisor.KindRemoved:
		delete(n.refused, e.ID)
	}
	if notice.Text != "" {
		n.mux.Notice(sourceOf(e), notice)
	}
	if e.Kind == supervisor.KindLaunched { // its lines follow the line about it
		n.launcher.of(launch).out.Listen()
	}
}

// sourceOf is who an event is about, so that its line follows what that instance has said.
func sourceOf(e supervisor.Event) output.Source {
	about := e.ID
	if e.Kind == supervisor.KindRunEnding {
		about = e.By // so that it follows the line of the exit that it follows from
	}
	source := output.Source{}
	if about.Type != "" {
		source = output.Source{Type: about.Type, Instance: about.String()}
	}
	return source
}

func (n *narrator) text(e supervisor.Event) string {
	switch e.Kind {
	case supervisor.KindChanged:
		return n.changed(e)
	case supervisor.KindLaunched:
		return n.launched(e)
	case supervisor.KindLaunchFailed:
		return fmt.Sprintf("%s cannot be launched: %v%s", e.ID, e.Err, next(e))
	case supervisor.KindExited:
		return n.exited(e)
	case supervisor.KindGone:
		return fmt.Sprintf("%s is gone%s", e.ID, next(e))
	case supervisor.KindNotReady:
		return fmt.Sprintf("%s is not ready after %s: it %s", e.ID, shortDuration(e.Grace), n.prober.seen(supervisor.Launch{ID: e.ID, N: e.Launch}))
	case supervisor.KindUndead:
		return fmt.Sprintf("%s survives SIGKILL: one of its processes is in an uninterruptible state, or not ours to kill", e.ID)
	case supervisor.KindDenied:
		return fmt.Sprintf("%s: %v", e.ID, e.Err)
	case supervisor.KindRollEnded:
		if e.Err != nil {
			return fmt.Sprintf("the roll has ended before its end: %v", e.Err)
		}
	case supervisor.KindRunEnding:
		return ending(e)
	case supervisor.KindRunKilling:
		return fmt.Sprintf("%s: killing %s", e.Cause, plural(e.Live, "instance"))
	case supervisor.KindRunEnded:
		return ended(e)
	case supervisor.KindBug:
		return fmt.Sprintf("%s: internal error: %v", e.ID, e.Err)
	}
	return ""
}

func (n *narrator) changed(e supervisor.Event) string {
	switch {
	case e.To == supervisor.Waiting:
		return fmt.Sprintf("%s waits for %s", e.ID, strings.Join(n.launcher.app.Load().settings.afterOf(e.ID.Type), ", "))
	case e.To == supervisor.Killing && e.Grace > 0 && e.PID == 0:
		return fmt.Sprintf("what %s left ignored %s for %s and was killed", e.ID, n.stopSignal(e.ID.Type), shortDuration(e.Grace))
	case e.To == supervisor.Killing && e.Grace > 0:
		return fmt.Sprintf("%s ignored %s for its %s grace period and was killed", e.ID, n.stopSignal(e.ID.Type), shortDuration(e.Grace))
	}
	return ""
}

func (n *narrator) launched(e supervisor.Event) string {
	if port := n.launcher.app.Load().plan.of(e.ID); port > 0 {
		return fmt.Sprintf("%s started with pid %d, port %d", e.ID, e.PID, port)
	}
	return fmt.Sprintf("%s started with pid %d", e.ID, e.PID)
}

// exited tells how a leader ended, what it left, and what follows.
func (n *narrator) exited(e supervisor.Event) string {
	text := fmt.Sprintf("%s %s after %s", e.ID, n.how(e), shortDuration(e.Uptime))
	if len(e.Left) > 0 {
		text += " and left " + members(e.Left)
		if e.Status.Success() && e.From == supervisor.Up {
			text += " in the background: use its foreground option"
		}
	}
	text += next(e)
	switch {
	case e.From != supervisor.Up, e.Ready, n.launcher.app.Load().settings.endsRun(e.ID.Type):
	case e.Next == supervisor.Ended:
		text += fmt.Sprintf(", not restarted (--restart %s=always would)", e.ID.Type)
	case e.Next == supervisor.Failed && n.restart(e.ID.Type) == supervisor.RestartNever:
		text += fmt.Sprintf(", not restarted (--restart %s=never)", e.ID.Type)
	}
	return text
}

// how says that a stop that was asked for is one, however the process took it.
func (n *narrator) how(e supervisor.Event) string {
	switch {
	case e.From == supervisor.Up, e.From == supervisor.Killing:
		return e.Status.String()
	case e.Status.Success():
		return "stopped"
	case e.Status.Name == n.stopSignal(e.ID.Type):
		return fmt.Sprintf("stopped (%s)", e.Status.Name)
	default:
		return fmt.Sprintf("stopped (%s)", e.Status)
	}
}

// next says when an instance will be back.
func next(e supervisor.Event) string {
	switch {
	case e.Next == supervisor.BackingOff && e.ShortLives > 0 && !process.Transient(e.Err):
		return fmt.Sprintf(", restarting in %s (%s short life)", shortDuration(e.Delay), ordinal(e.ShortLives))
	case e.Next == supervisor.BackingOff:
		return fmt.Sprintf(", trying again in %s", shortDuration(e.Delay))
	case e.Next == supervisor.Starting:
		return ", restarting"
	}
	return ""
}

func ending(e supervisor.Event) string {
	if e.Cause == sigQuit && e.Live > 0 {
		return "" // they are killed at once, which is said then
	}
	text := e.Cause + ": "
	if e.Live == 0 {
		return fmt.Sprintf("%sending with exit code %d", text, e.Code)
	}
	text += "stopping " + plural(e.Live, "instance")
	switch {
	case e.Cause == ctrlC && e.Live == 1:
		text += ", once more kills it"
	case e.Cause == ctrlC:
		text += ", once more kills them"
	}
	return text
}

func ended(e supervisor.Event) string {
	if e.Live > 0 {
		return fmt.Sprintf("leaving %s that cannot be killed", plural(e.Live, "instance"))
	}
	return ""
}

func members(left []supervisor.Member) string {
	const most = 3
	var names []string
	for i, m := range left {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(left)-most))
			break
		}
		names = append(names, m.String())
	}
	return strings.Join(names, ", ")
}

func (n *narrator) stopSignal(processType string) string {
	return signals.Name(n.launcher.app.Load().settings.stopSignal.of(processType, syscall.SIGTERM))
}

func (n *narrator) restart(processType string) supervisor.RestartPolicy {
	return n.launcher.app.Load().settings.restartOf(processType)
}
