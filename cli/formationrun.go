package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"supervise/control"
	"supervise/output"
	"supervise/process"
	"supervise/signals"
	"supervise/supervisor"
)

// run is one run of a formation: the parts, joined.
type run struct {
	*command
	given  []given  // on the command line, for a reload
	args   []string // likewise
	socket *control.Listener

	hadTerminal bool       // at the start
	reloading   sync.Mutex // one reload at a time
	opening     []string   // what the narrator says first

	mux       *output.Mux
	terminals *terminals // nil: instances have pipes
	lines     control.Lines
	observer  *observer // nil without --metrics
	usage     usage
	launcher  *launcher
	front     *front
	narrator  *narrator
	sup       *supervisor.Supervisor
}

// supervise joins the parts and waits for the end.
func (r *run) supervise(a *app) (code int, err error) {
	if r.launcher, err = newLauncher(a, r.mux); err != nil {
		return 0, err
	}
	r.launcher.socket, r.launcher.terminals = r.socket.Path(), r.terminals
	r.usage.look = r.launcher.table.Usage
	prober := newProber(r.launcher)
	if r.front, err = r.openFront(a); err != nil {
		return 0, err
	}
	r.sup = supervisor.New(a.formation(r.onTerminal()), supervisor.Options{Launcher: r.launcher, Prober: prober, Gate: r.front})
	r.launcher.report = r.sup.Report
	r.narrator = &narrator{mux: r.mux, launcher: r.launcher, prober: prober}

	told := r.narrate()
	_, events := r.sup.Watch(1)
	go giveBack(events)
	r.front.serve(r.sup)
	r.observer.observe(r)
	r.notifySystemd()
	server := r.serve()
	r.incoming.Add(signals.Steering()...)
	go (&relay{run: r}).relay(context.Background(), r.incoming.C())

	code = r.sup.Run(context.Background())
	r.end(told, server)
	return code, nil
}

// narrate begins to write events as lines; told is closed after the last.
func (r *run) narrate() (told chan struct{}) {
	_, events := r.sup.Watch(0)
	told = make(chan struct{})
	go func() {
		defer close(told)
		for _, line := range r.opening {
			r.say("start", line)
		}
		r.narrator.tell(events)
	}()
	return told
}

// serve begins to answer on the control socket.
func (r *run) serve() *control.Server {
	o := control.Options{
		Supervisor: &gatekeeper{r},
		Tail:       r.mux.Tail(),
		Lines:      &r.lines,
		Types:      func() []string { return r.app().file.Types() },
		Ports:      func(id supervisor.ID) int { return r.app().plan.of(id) },
		Readiness:  func(typ string) supervisor.ReadyKind { return r.app().settings.readyOf(typ).kind },
		Narrate:    r.narrator.text,
		Usage:      r.usage.byLeader,
		Reload:     r.reload,
		Attacher:   r.launcher,
	}
	if r.front.proxy != nil {
		o.Front = r.front.requests
	}
	server := control.NewServer(o)
	go server.Serve(r.socket)
	return server
}

// end sweeps what is left, brings the last lines and answers out, and tells the clients.
func (r *run) end(told <-chan struct{}, server *control.Server) {
	last, cancel := context.WithDeadline(context.Background(), r.lastMoment())
	defer cancel()
	deadline, _ := last.Deadline()
	for _, m := range r.launcher.table.Close(deadline) {
		r.lastWord("cannot kill %s", describe(m))
	}
	select {
	case <-told:
	case <-last.Done():
	}
	r.front.settle(last)
	r.confess(r.mux.Close(last))
	r.observer.close(last)
	server.Close(last)
}

// lastMoment is when we exit at the latest: a second from now, and not after the stop
// budget but for the little that it takes to say what survives.
func (r *run) lastMoment() time.Time {
	end := time.Now().Add(outputAtEnd)
	now, w := r.sup.Watch(1)
	w.Close()
	if budget := time.Duration(r.app().settings.stopBudget); budget > 0 && now.Ending {
		end = earlierOf(end, now.EndAsked.Add(budget))
	}
	return laterOf(end, time.Now().Add(outputAtEnd/10))
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// confess tells of output that did not come out, where it can still be told.
func (r *run) confess(l output.Loss) {
	var lost []string
	if l.Unread > 0 {
		lost = append(lost, fmt.Sprintf("%d bytes while standard output was blocked", l.Unread))
	}
	if l.Refused > 0 {
		lost = append(lost, fmt.Sprintf("%d bytes because standard output was gone or full", l.Refused))
	}
	if lost != nil {
		r.lastWord("output was lost: %s", strings.Join(lost, ", "))
	}
}

// lastWord warns where that is possible at once: Ctrl-S may have stopped the terminal.
func (r *run) lastWord(format string, args ...any) {
	said := make(chan struct{})
	go func() {
		defer close(said)
		r.warn(format, args...)
	}()
	select {
	case <-said:
	case <-time.After(outputAtEnd / 10):
	}
}

func describe(m process.Member) string {
	text := fmt.Sprintf("pid %d (%s)", m.PID, m.Command)
	if m.Stuck {
		text += ": it is in an uninterruptible state"
	}
	return text
}

// app is the app as it was read last.
func (r *run) app() *app { return r.launcher.app.Load() }

// say writes a line of supervise's own. It blocks while stdout does, so nothing that
// decides, answers or hears signals may wait for it.
func (r *run) say(event, text string) {
	if event == "warning" {
		text = "warning: " + text
	}
	r.mux.Notice(output.Source{}, output.Notice{Text: text, Event: event})
}

// gatekeeper stands before the supervisor for commands from outside, and refuses what
// could not be launched.
type gatekeeper struct{ *run }

// Do asks the supervisor.
func (g *gatekeeper) Do(ctx context.Context, c supervisor.Command) error {
	scale, ok := c.(supervisor.Scale)
	if ok && !scale.Relative {
		if err := g.app().fits(scale.Type, scale.N); err != nil {
			return err
		}
	}
	if ok {
		if err := g.roomFor(scale); err != nil {
			return err
		}
	}
	return g.sup.Do(ctx, c)
}

// Watch watches the supervisor.
func (g *gatekeeper) Watch(limit int) (supervisor.Snapshot, *supervisor.Watcher) {
	return g.sup.Watch(limit)
}
