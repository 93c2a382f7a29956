package metrics

import (
	"context"
	"syscall"
	"testing"
	"time"

	"supervise/supervisor"
)

// obedient launches at once, and what it launches ends at the first signal.
type obedient struct{ report func(supervisor.Report) }

func (o *obedient) Launch(l supervisor.Launch) { o.report(supervisor.Launched{Launch: l, PID: 7}) }
func (o *obedient) Abort(supervisor.Launch)    {}
func (o *obedient) Signal(l supervisor.Launch, sig syscall.Signal, _ supervisor.Target) {
	o.report(supervisor.Exited{Launch: l, Status: supervisor.Status{Signal: int(sig)}})
}

// supervised is a web.1 that runs under a real supervisor, until the test ends.
func supervised(t *testing.T) *supervisor.Supervisor {
	t.Helper()
	o := &obedient{}
	s := supervisor.New(supervisor.Formation{Types: []supervisor.ProcessType{{
		Name: "web", Count: 1, StopSignal: syscall.SIGTERM, Grace: time.Minute,
	}}}, supervisor.Options{Launcher: o})
	o.report = s.Report
	return s
}

// run returns when web.1 is up.
func run(t *testing.T, s *supervisor.Supervisor) (stop func()) {
	t.Helper()
	_, w := s.Watch(0)
	defer awaitLaunch(t, w, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(context.Background())
	}()
	return func() {
		s.Do(context.Background(), supervisor.Shutdown{Cause: "the test is over"})
		<-ended
	}
}

func (m *Metrics) restarts(id supervisor.ID) (all [nCauses]int, lost uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.tally.instances[id]; i != nil {
		all = i.restarts
	}
	return all, m.tally.lost
}

// roll restarts web.1 n times, and waits for the end of each.
func roll(t *testing.T, s *supervisor.Supervisor, n int) {
	t.Helper()
	for range n {
		now, w := s.Watch(0)
		if err := s.Do(context.Background(), supervisor.Restart{AllAtOnce: true}); err != nil {
			t.Fatal(err)
		}
		awaitLaunch(t, w, now.Instances[web1].Launch+1)
	}
}

func awaitLaunch(t *testing.T, w *supervisor.Watcher, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer w.Close()
	for {
		e, _, err := w.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == supervisor.KindLaunched && e.Launch == n {
			return
		}
	}
}

func TestEveryRestartOfARealSupervisorIsCounted(t *testing.T) {
	s, m := supervised(t), New(Options{})
	m.Watch(s)
	stop := run(t, s)
	roll(t, s, 20)
	stop()
	<-m.stopped
	if got, lost := m.restarts(web1); got != [nCauses]int{asked: 20} || lost != 0 {
		t.Errorf("restarts are %v and %d events lost, want 20 asked for and none", got, lost)
	}
	if code, body := get(m, "GET", "/readyz"); code != 503 || body != "supervise is shutting down\n" {
		t.Errorf("after the end: %d %q, want 503", code, body)
	}
	m.Close(context.Background())
}

// The watcher is kept from counting while more happens than its queue holds.
func TestASlowWatcherGoesOnFromASnapshot(t *testing.T) {
	s, m := supervised(t), New(Options{})
	m.queue = 8
	m.Watch(s)
	stop := run(t, s)
	m.mu.Lock()
	roll(t, s, 20)
	m.mu.Unlock()
	roll(t, s, 1)
	stop()
	<-m.stopped
	got, lost := m.restarts(web1)
	sum := 0
	for _, n := range got {
		sum += n
	}
	if sum != 21 || got[unknown] == 0 || lost == 0 {
		t.Errorf("restarts are %v and %d events lost, want 21 in all, some of them unknown", got, lost)
	}
	m.Close(context.Background())
}

func TestCloseEndsTheCounting(t *testing.T) {
	s, m := supervised(t), New(Options{})
	m.Watch(s)
	stop := run(t, s)
	defer stop()
	m.Close(context.Background())
	<-m.stopped
}
