package control

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"supervise/supervisor"
)

// expect runs a command and compares what it tells, in any order, and its error.
func expect(t *testing.T, do func(told func(Change)) error, wantErr string, want ...string) {
	t.Helper()
	var got tale
	err := do(got.add)
	if text := fmt.Sprint(err); text != wantErr && !(err == nil && wantErr == "") {
		t.Errorf("error %q, want %q", text, wantErr)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestARestartIsDoneWhenANewerLaunchIsReady(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	expect(t, func(told func(Change)) error {
		return a.client.Restart(a.ctx(t), []string{"web.2"}, false, told)
	}, "", "web.2 up pid 4, was 2")
	expect(t, func(told func(Change)) error {
		return a.client.Restart(a.ctx(t), nil, false, told)
	}, "", "web.1 up pid 5, was 1", "web.2 up pid 7, was 4", "worker.1 up pid 6, was 3")
	expect(t, func(told func(Change)) error {
		return a.client.Restart(a.ctx(t), []string{"worker"}, true, told)
	}, "", "worker.1 up pid 8, was 6")
}

func TestAnUnprobedTypeIsReadyWhenItIsUp(t *testing.T) {
	plain := typ("web", 1)
	plain.Ready = supervisor.ReadyUnprobed
	a := start(t, func(o *Options, _ *limits) { o.Readiness = nil }, plain)
	for _, allAtOnce := range []bool{false, true} {
		if err := a.client.Restart(a.ctx(t), nil, allAtOnce, nil); err != nil {
			t.Errorf("all at once %t: %v", allAtOnce, err)
		}
	}
}

// until waits for an instance's state.
func (a *app) until(t *testing.T, instance, state string) {
	t.Helper()
	ctx := a.ctx(t)
	for {
		now := a.server.record.now(selection{instance})
		if len(now.instances) == 1 && now.instances[0].To.String() == state {
			return
		}
		select {
		case <-now.changed:
		case <-ctx.Done():
			t.Fatalf("%s is not %s: %v", instance, state, now.instances)
		}
	}
}

// kill ends the first launch of a web instance, whatever it does.
func (a *app) kill(n int) {
	a.world.Signal(supervisor.Launch{ID: supervisor.ID{Type: "web", N: n}, N: 1}, syscall.SIGKILL, supervisor.ToAll)
}

func TestAClientThatGoesAwayTakesNothingBack(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	a.become("web", linger)
	ctx, interrupt := context.WithCancel(a.ctx(t))
	gone := make(chan error)
	go func() { gone <- a.client.Restart(ctx, nil, false, nil) }()
	a.until(t, "web.1", "stopping")
	interrupt()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the client says %v, want that it was canceled", err)
	}
	a.kill(1)
	a.until(t, "web.1", "up")
	if i, _ := a.client.Instance(a.ctx(t), "web.1"); i.Launch != 2 {
		t.Errorf("web.1 is at launch %d, want 2", i.Launch)
	}
}

func TestStopAndStart(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	expect(t, func(told func(Change)) error {
		return a.client.Stop(a.ctx(t), []string{"web.1", "worker"}, told)
	}, "", "web.1 down pid 0, was 1", "worker.1 down pid 0, was 3")
	expect(t, func(told func(Change)) error {
		return a.client.Stop(a.ctx(t), []string{"web.1"}, told)
	}, "", "web.1 down pid 0, was 0")
	expect(t, func(told func(Change)) error {
		return a.client.Start(a.ctx(t), []string{"web"}, told)
	}, "", "web.1 up pid 4, was 0", "web.2 up pid 2, was 2")
	a.become("worker", crash)
	expect(t, func(told func(Change)) error {
		return a.client.Start(a.ctx(t), []string{"worker.1"}, told)
	}, "worker.1 is backing off: exited 1")
}

func TestScale(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	expect(t, func(told func(Change)) error {
		return a.client.Scale(a.ctx(t), []string{"web=3", "worker=+1"}, told)
	}, "", "web.2 up pid 3, was 0", "web.3 up pid 4, was 0", "worker.2 up pid 5, was 0")
	expect(t, func(told func(Change)) error {
		return a.client.Scale(a.ctx(t), []string{"web=-2", "worker=0"}, told)
	}, "", "web.2 removed", "web.3 removed", "worker.1 removed", "worker.2 removed")
	expect(t, func(told func(Change)) error {
		return a.client.Scale(a.ctx(t), []string{"worker=+1"}, told)
	}, "", "worker.1 up pid 6, was 0")
	a.become("web", crash)
	expect(t, func(told func(Change)) error {
		return a.client.Scale(a.ctx(t), []string{"web=2"}, told)
	}, "web.2 is backing off: exited 1")
}

// TestARelativeScaleCountsWhatWasAskedFor: instances on their way out are still there.
func TestARelativeScaleCountsWhatWasAskedFor(t *testing.T) {
	a := start(t, nil, typ("web", 2))
	a.become("web", linger)
	ctx, interrupt := context.WithCancel(a.ctx(t))
	gone := make(chan error)
	go func() { gone <- a.client.Scale(ctx, []string{"web=1"}, nil) }()
	a.until(t, "web.2", "stopping")
	interrupt()
	<-gone
	back := make(chan error)
	go func() { back <- a.client.Scale(a.ctx(t), []string{"web=+1"}, nil) }()
	for a.server.target("web") != 2 {
		runtime.Gosched()
	}
	a.kill(2)
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	if i, err := a.client.Instance(a.ctx(t), "web.2"); err != nil || i.PID != 3 {
		t.Errorf("web.2 is %+v, %v, want it up with pid 3", i, err)
	}
}

// target is the count that was asked for last.
func (s *Server) target(processType string) int {
	s.scaling.Lock()
	defer s.scaling.Unlock()
	return s.counts[processType]
}

func TestRefusals(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	ctx, known := a.ctx(t), []string{"web", "web.1"}
	signal := func(n syscall.Signal, names ...string) error {
		_, err := a.client.Signal(ctx, n, names)
		return err
	}
	_, unknown := a.client.Instance(ctx, "web.9")
	_, malformed := a.client.Instance(ctx, "web")
	for _, test := range []struct {
		got  error
		want Error
	}{
		{a.client.Restart(ctx, []string{"web.9"}, false, nil), Error{404, "web.9: no such instance", known}},
		{a.client.Restart(ctx, []string{"wed"}, false, nil), Error{404, "wed: no such process type", known}},
		{a.client.Restart(ctx, []string{"web.x"}, false, nil), Error{400, `"web.x" is not an instance: instances are named like web.1`, nil}},
		{a.client.Stop(ctx, nil, nil), Error{400, "no instance and no process type is named", nil}},
		{a.client.Stop(ctx, []string{""}, nil), Error{400, "a name is empty", nil}},
		{a.client.Scale(ctx, []string{"web"}, nil), Error{400, `"web" is not a count: want TYPE=N, TYPE=+N or TYPE=-N`, nil}},
		{a.client.Scale(ctx, nil, nil), Error{400, "no count is given: want TYPE=N, TYPE=+N or TYPE=-N", nil}},
		{a.client.Scale(ctx, []string{"web=-2"}, nil), Error{409, "web has 1: cannot take 2 away", nil}},
		{a.client.Scale(ctx, []string{"web=1000000"}, nil), Error{400, "web=1000000: at most 10000 instances of a type are possible", nil}},
		{a.client.Scale(ctx, []string{"web=1", "web=2"}, nil), Error{400, `"web=2": web has been given a count already`, nil}},
		{signal(99, "web"), Error{400, "99 is not a signal's number", nil}},
		{a.client.Reload(ctx, nil, nil), Error{409, "cannot reload: this supervise has nothing to read again", nil}},
		{a.client.Wait(ctx, "lunch", 0), Error{400, `cannot wait for "lunch": want ready or stopped`, nil}},
		{a.client.Wait(ctx, ForReady, 0, "wed"), Error{404, "wed: no such instance nor process type", known}},
		{unknown, Error{404, "web.9: no such instance", known}},
		{malformed, Error{404, `"web" is not an instance: instances are named like web.1`, known}},
	} {
		var got *Error
		if !errors.As(test.got, &got) || !reflect.DeepEqual(*got, test.want) {
			t.Errorf("got %+v, want %+v", test.got, test.want)
		}
	}
}

func TestASignalIsDelivered(t *testing.T) {
	a := start(t, nil, typ("web", 2))
	all, err := a.client.Signal(a.ctx(t), syscall.SIGHUP, []string{"web.2"})
	if err != nil || len(all) != 1 || all[0].Name != "web.2" {
		t.Errorf("Signal = %v, %v, want web.2 alone", all, err)
	}
	if got := <-a.signals; got != "web.2 hangup" {
		t.Errorf("delivered %q, want %q", got, "web.2 hangup")
	}
}

func TestAReloadIsDoneWhenWhatChangedHasRolled(t *testing.T) {
	var a *app
	reload := func(ctx context.Context) (ReloadResult, error) {
		web, mailer := typ("web", 2), typ("mailer", 1)
		web.Fingerprint = "new"
		err := a.sup.Do(ctx, supervisor.Adopt{Formation: supervisor.Formation{Types: []supervisor.ProcessType{web, mailer, typ("clock", 1)}}})
		return ReloadResult{Difference: []string{"a line"}, Changed: []string{"web"}, Removed: []string{"worker"}, Added: []string{"mailer.1"}}, err
	}
	ready := make(chan struct{})
	a = start(t, func(o *Options, _ *limits) {
		o.Reload = func(ctx context.Context) (ReloadResult, error) { <-ready; return reload(ctx) }
	}, typ("web", 2), typ("worker", 1), typ("clock", 1))
	close(ready)
	var found ReloadResult
	expect(t, func(told func(Change)) error {
		return a.client.Reload(a.ctx(t), func(r ReloadResult) { found = r }, told)
	}, "", "mailer.1 up pid 5, was 0", "web.1 up pid 6, was 1", "web.2 up pid 7, was 2", "worker.1 removed")
	if !slices.Equal(found.Difference, []string{"a line"}) {
		t.Errorf("found %q, want the difference", found.Difference)
	}
}

func TestDownReturnsWhenTheSocketIsFree(t *testing.T) {
	a := start(t, nil, typ("web", 2))
	early := make(chan struct{})
	a.close = func() {
		select {
		case <-early:
			t.Error("Down has returned before the API ended")
		case <-time.After(50 * time.Millisecond):
		}
	}
	expect(t, func(told func(Change)) error {
		defer close(early)
		return a.client.Down(a.ctx(t), told)
	}, "", "web.1 down pid 0, was 1", "web.2 down pid 0, was 2")
	l, err := Listen(Where{Root: t.TempDir(), Socket: a.socket})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestACommandEndsWithTheRun(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	a.become("web", linger)
	done := make(chan error)
	go func() { done <- a.client.Restart(a.ctx(t), nil, false, nil) }()
	a.until(t, "web.1", "stopping")
	a.sup.Do(a.ctx(t), supervisor.Shutdown{Cause: "SIGTERM", Now: true})
	want := "supervise is shutting down: SIGTERM"
	if err := <-done; err == nil || err.Error() != want {
		t.Errorf("the restart says %v, want %s", err, want)
	}
}
