package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

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

// relay turns signals into commands. It may block: signals wait for it.
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
			r.sup.Do(ctx, supervisor.Shutdown{Cause: "SIGHUP", Code: 129})
		case syscall.SIGTERM:
			r.sup.Do(ctx, supervisor.Shutdown{Cause: "SIGTERM", Code: exitOK})
		default:
			r.passOn(ctx, sig)
		}
	}
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
		r.say("signal ignored", fmt.Sprintf("%s is for one process type, and several run: use   supervise signal %s TYPE", name, strings.TrimPrefix(name, "SIG")))
		return
	}
	r.sup.Do(ctx, supervisor.Signal{IDs: []supervisor.ID{{Type: only}}, Signal: sig})
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

// heard lists what start hears besides what ends it. A change of the window's size is
// the app's affair only when no stream of ours is a terminal: else the app has one of
// its own.
func (s Streams) heard() []syscall.Signal {
	sigs := []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2}
	for _, f := range []*os.File{s.In, s.Out, s.Err} {
		if term.IsTerminal(int(f.Fd())) {
			return sigs
		}
	}
	return append(sigs, syscall.SIGWINCH)
}
