package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"supervise/signals"
	"supervise/supervisor"
)

// ctrlC is the cause of a shutdown asked for at the keyboard, or by kill -INT.
const ctrlC = "Ctrl-C"

// sigQuit is the cause of one that does not wait.
const sigQuit = "SIGQUIT"

// secondCtrlC is how much later a second Ctrl-C has to come to be meant: a keyboard's
// signal may arrive twice, through the group and through a parent that passes it on.
const secondCtrlC = 300 * time.Millisecond

// relay turns signals into commands. It never waits for the output.
type relay struct {
	*run
	interrupted time.Time // the first Ctrl-C
}

// relay relays until the signals end.
func (r *relay) relay(ctx context.Context, incoming <-chan syscall.Signal) {
	for sig := range incoming {
		switch sig {
		case syscall.SIGINT:
			r.interrupt(ctx)
		case syscall.SIGQUIT:
			r.sup.Do(ctx, supervisor.Shutdown{Cause: sigQuit, Code: 131, Now: true})
		case syscall.SIGHUP:
			r.hangUp(ctx)
		case syscall.SIGTERM:
			r.sup.Do(ctx, supervisor.Shutdown{Cause: "SIGTERM", Code: exitOK})
		case syscall.SIGTSTP:
			r.suspend(ctx)
		case syscall.SIGCONT:
			r.refit() // in the background nobody tells us of a new size
		case syscall.SIGWINCH:
			r.resized(ctx)
		default:
			r.passOn(ctx, sig)
		}
	}
}

// hangUp drains when the terminal that we had at the start is gone; without one it is the
// daemons' sign to reload.
func (r *relay) hangUp(ctx context.Context) {
	if r.hadTerminal {
		r.sup.Do(ctx, supervisor.Shutdown{Cause: "SIGHUP", Code: 129})
		return
	}
	go func() {
		if _, err := r.reload(ctx); err != nil {
			r.say("reload", fmt.Sprintf("cannot reload: %v", err))
		}
	}()
}

// interrupt drains at the first Ctrl-C, and kills at the next one that is meant.
func (r *relay) interrupt(ctx context.Context) {
	again := !r.interrupted.IsZero() && time.Since(r.interrupted) > secondCtrlC
	if r.interrupted.IsZero() {
		r.interrupted = time.Now()
	}
	r.sup.Do(ctx, supervisor.Shutdown{Cause: ctrlC, Code: 130, Now: again})
}

// passOn gives a signal that is not about us to the leaders, where it is clear whom
// its sender means: when one process type runs.
func (r *relay) passOn(ctx context.Context, sig syscall.Signal) {
	only, ok := r.onlyType()
	if !ok {
		name := signals.Name(sig)
		go r.say("signal ignored", fmt.Sprintf("%s is for one process type, and several run: use   supervise signal %s TYPE", name, strings.TrimPrefix(name, "SIG")))
		return
	}
	r.sup.Do(ctx, supervisor.Signal{IDs: []supervisor.ID{{Type: only}}, Signal: sig})
}

// resized passes on that the window has another size: to the terminals that we have made, or
// where none of our streams is a terminal and so the app may have one of its own, as it is.
func (r *relay) resized(ctx context.Context) {
	if r.std.terminal() == nil {
		r.passOn(ctx, syscall.SIGWINCH)
		return
	}
	r.refit()
}

// refit has everything that depends on our terminal's size follow it.
func (r *relay) refit() {
	r.launcher.resize()
	r.mux.ShowRow()
}

// suspend gives the terminal to the shell as a Ctrl-Z asks for, without our last row, and
// draws that again when we are back. A row that cannot be wiped soon has scrolled nowhere: the
// output is blocked.
func (r *relay) suspend(ctx context.Context) {
	soon, cancel := context.WithTimeout(ctx, outputAtEnd/10)
	defer cancel()
	r.mux.HideRow(soon)
	r.sup.Do(ctx, supervisor.Pause{Until: func() {
		r.launcher.table.Suspend()
		r.mux.ShowRow()
	}})
}

// hasTerminal says that we have a controlling terminal.
func hasTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err == nil {
		tty.Close()
	}
	return err == nil
}

// onlyType is the process type that runs if it is the only one.
func (r *relay) onlyType() (only string, ok bool) {
	now, w := r.sup.Watch(1)
	w.Close()
	for id, e := range now.Instances {
		if e.PID != 0 && id.Type != only {
			if ok {
				return "", false
			}
			only, ok = id.Type, true
		}
	}
	return only, ok
}
