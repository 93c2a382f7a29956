package control

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// app is a supervisor that runs, with processes that are none, and its API.
type app struct {
	*world
	sup    *supervisor.Supervisor
	mux    *output.Mux
	server *Server
	client *Client
	socket string
	close  func()        // what is done between the end of the run and that of its API
	ended  chan struct{} // closed when the run, its output and its API have ended
}

// world is an OS: processes are entries of a map.
type world struct {
	sup     *supervisor.Supervisor
	mu      sync.Mutex
	pid     int
	live    map[supervisor.Launch]bool
	how     map[string]behaviour
	signals chan string
}

// behaviour is what the processes of a type do.
type behaviour uint8

const (
	serve  behaviour = iota // gets ready, and ends when it is told to
	crash                   // ends at once, with 1
	mute                    // never gets ready
	linger                  // ends only of SIGKILL
)

func (w *world) become(processType string, b behaviour) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.how[processType] = b
}

func (w *world) Launch(l supervisor.Launch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pid++
	w.sup.Report(supervisor.Launched{Launch: l, PID: w.pid})
	if w.how[l.ID.Type] == crash {
		w.sup.Report(supervisor.Exited{Launch: l, Status: supervisor.Status{Code: 1}})
		return
	}
	w.live[l] = true
}

func (w *world) Abort(supervisor.Launch) {}

func (w *world) Signal(l supervisor.Launch, sig syscall.Signal, _ supervisor.Target) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.live[l]:
	case sig != syscall.SIGTERM && sig != syscall.SIGKILL:
		w.signals <- fmt.Sprintf("%s %s", l.ID, sig)
	case sig == syscall.SIGKILL || w.how[l.ID.Type] != linger:
		delete(w.live, l)
		w.sup.Report(supervisor.Exited{Launch: l, Status: supervisor.Status{Signal: int(sig)}})
	}
}

func (w *world) Probe(l supervisor.Launch, _ supervisor.ReadyKind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.how[l.ID.Type] != mute {
		w.sup.Report(supervisor.Ready{Launch: l, How: "listens", Addr: netip.AddrPort{}})
	}
}

func (w *world) Forget(supervisor.Launch) {}

// Open and Close are a front door that no request comes through.
func (w *world) Open(supervisor.Launch, netip.AddrPort) {}

func (w *world) Close(_ supervisor.Launch, drained func()) { drained() }

// typ is a process type with a short temper, so that tests need not wait.
func typ(name string, count int) supervisor.ProcessType {
	return supervisor.ProcessType{
		Name: name, Count: count, StopSignal: syscall.SIGTERM, Grace: time.Minute,
		Restart: supervisor.RestartAlways, StableAfter: time.Hour, BackoffCap: time.Minute,
		Ready: supervisor.ReadyPort, ReadyTimeout: 50 * time.Millisecond,
	}
}

// start runs a formation and answers for it, until the test ends.
func start(t *testing.T, change func(*Options, *limits), types ...supervisor.ProcessType) *app {
	t.Helper()
	w := &world{live: map[supervisor.Launch]bool{}, how: map[string]behaviour{}, signals: make(chan string, 99)}
	lines := &Lines{}
	a := &app{
		world:  w,
		sup:    supervisor.New(supervisor.Formation{Types: types}, supervisor.Options{Launcher: w, Prober: w, Gate: w}),
		mux:    output.NewMux(output.Options{Taps: []output.Sink{lines}, TailBytes: output.DefaultTail}),
		socket: filepath.Join(t.TempDir(), "s"),
		ended:  make(chan struct{}),
	}
	w.sup = a.sup
	o, l := Options{
		Supervisor: a.sup, Tail: a.mux.Tail(), Lines: lines,
		Readiness: func(string) supervisor.ReadyKind { return supervisor.ReadyPort },
	}, defaultLimits()
	if change != nil {
		change(&o, &l)
	}
	a.server = newServer(o, l)
	a.client = newClient(a.socket, 0)
	t.Cleanup(a.client.Close)
	a.run(t)
	return a
}

func (a *app) run(t *testing.T) {
	listener, err := Listen(Where{Root: t.TempDir(), Socket: a.socket})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(listener) }()
	go func() {
		defer close(a.ended)
		a.sup.Run(context.Background())
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		a.mux.Close(ctx)
		if a.close != nil {
			a.close()
		}
		a.server.Close(ctx)
		if err := <-served; err != nil {
			t.Errorf("Serve = %v, want nil", err)
		}
	}()
	t.Cleanup(func() {
		a.sup.Do(context.Background(), supervisor.Shutdown{Cause: "the test ends", Now: true})
		<-a.ended
	})
	if err := a.client.Wait(a.ctx(t), ForReady, enough); err != nil {
		t.Fatal(err)
	}
}

// ctx ends when a test has hung for too long.
func (a *app) ctx(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), enough)
	t.Cleanup(cancel)
	return ctx
}

// write adds a line of an instance to the output.
func (a *app) write(processType, instance, text string) {
	a.mux.Notice(output.Source{Type: processType, Instance: instance}, output.Notice{Text: text})
}

// tale collects changes as lines: "web.1 up 1→2".
type tale []string

func (l *tale) add(c Change) {
	text := fmt.Sprintf("%s %s pid %d, was %d", c.After.Name, c.After.State, c.After.PID, c.Before.PID)
	if c.Removed {
		text = c.After.Name + " removed"
	}
	*l = append(*l, text)
}
