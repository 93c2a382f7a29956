package cli

import (
	"context"
	"fmt"
	"time"

	"supervise/control"
	"supervise/output"
	"supervise/process"
	"supervise/supervisor"
)

// run is one run of a formation: the parts, joined.
type run struct {
	*command
	given  []given  // on the command line, for a reload
	args   []string // likewise
	socket *control.Listener

	mux      *output.Mux
	lines    control.Lines
	launcher *launcher
	narrator *narrator
	sup      *supervisor.Supervisor
}

// supervise joins the parts and waits for the end.
func (r *run) supervise(a *app) (code int, err error) {
	if r.launcher, err = newLauncher(a, r.mux); err != nil {
		return 0, err
	}
	r.launcher.socket = r.socket.Path()
	prober := newProber(r.launcher)
	front, err := r.openFront(a)
	if err != nil {
		return 0, err
	}
	r.sup = supervisor.New(a.formation(r.onTerminal()), supervisor.Options{Launcher: r.launcher, Prober: prober, Gate: front})
	r.launcher.report = r.sup.Report
	r.narrator = &narrator{mux: r.mux, launcher: r.launcher, prober: prober}

	told := r.narrate()
	front.serve(r.sup)
	server := r.serve()
	r.incoming.Add(r.std.heard()...)
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
		r.narrator.tell(events)
	}()
	return told
}

// serve begins to answer on the control socket.
func (r *run) serve() *control.Server {
	server := control.NewServer(control.Options{
		Supervisor: &gatekeeper{r},
		Tail:       r.mux.Tail(),
		Lines:      &r.lines,
		Ports:      func(id supervisor.ID) int { return r.app().plan.of(id) },
		Readiness:  func(typ string) supervisor.ReadyKind { return r.app().settings.readyOf(typ).kind },
		Narrate:    r.narrator.text,
		Reload:     r.reload,
	})
	go server.Serve(r.socket)
	return server
}

// end sweeps what is left, brings the last lines out, and tells the clients.
func (r *run) end(told <-chan struct{}, server *control.Server) {
	for _, m := range r.launcher.table.Close(time.Now().Add(outputAtEnd)) {
		r.say("survivor", "cannot kill "+describe(m))
	}
	last, cancel := context.WithTimeout(context.Background(), outputAtEnd)
	defer cancel()
	select {
	case <-told:
	case <-last.Done():
	}
	r.confess(r.mux.Close(last))
	server.Close(last)
}

// confess tells of output that did not come out, where it can still be told.
func (r *run) confess(l output.Loss) {
	if lost := l.Unread + l.Refused; lost > 0 {
		r.warn("%d bytes of output were lost: %d because standard output was blocked, %d because it was gone", lost, l.Unread, l.Refused)
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

// say writes a line of supervise's own. It may block while stdout does.
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
	if scale, ok := c.(supervisor.Scale); ok && !scale.Relative {
		if err := g.app().fits(scale.Type, scale.N); err != nil {
			return err
		}
	}
	return g.sup.Do(ctx, c)
}

// Watch watches the supervisor.
func (g *gatekeeper) Watch(limit int) (supervisor.Snapshot, *supervisor.Watcher) {
	return g.sup.Watch(limit)
}
