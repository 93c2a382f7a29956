package control

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"supervise/supervisor"
)

// alive is a type that shows no more than that it is up, and nobody lets it grow old.
func alive(t *testing.T, count int) *app {
	t.Helper()
	worker := typ("worker", count)
	worker.Ready, worker.ReadyTimeout = supervisor.ReadyAlive, 0
	a := start(t, func(o *Options, _ *limits) {
		o.Readiness = func(string) supervisor.ReadyKind { return supervisor.ReadyAlive }
	}, worker)
	a.become("worker", mute)
	return a
}

func TestWhatIsReadyByBeingAliveIsDoneWhenItIsUp(t *testing.T) {
	a := alive(t, 1)
	for n := range 2 {
		expect(t, func(told func(Change)) error {
			return a.client.Restart(a.ctx(t), nil, false, told)
		}, "", fmt.Sprintf("worker.1 up pid %d, was %d", n+2, n+1))
	}
	expect(t, func(told func(Change)) error {
		return a.client.Scale(a.ctx(t), []string{"worker=+1"}, told)
	}, "", "worker.2 up pid 4, was 0")
}

func TestTheNextOfARollWaitsUntilTheAliveHaveStayedSo(t *testing.T) {
	a := alive(t, 2)
	var got tale
	err := a.client.Restart(a.ctx(t), nil, false, func(c Change) {
		got.add(c)
		a.sup.Report(supervisor.Exited{Launch: supervisor.Launch{ID: supervisor.ID{Type: "worker", N: 1}, N: 2}, Status: supervisor.Status{Code: 1}})
	})
	if len(got) != 1 || got[0] != "worker.1 up pid 3, was 1" {
		t.Errorf("told %q, want worker.1 alone", got)
	}
	want := "worker.1 is backing off: exited 1\nthe roll ends here, the rest goes on as it was"
	if err == nil || err.Error() != want {
		t.Errorf("it ends with %v, want %s", err, want)
	}
}

func TestAPingIsAnsweredByWhoeverIsAlive(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	if err := a.client.Ping(a.ctx(t)); err != nil {
		t.Errorf("a supervise that runs says %v, want nil", err)
	}

	path := filepath.Join(t.TempDir(), "s")
	mute, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	ctx, cancel := context.WithTimeout(a.ctx(t), 50*time.Millisecond)
	defer cancel()
	client := newClient(path, 0)
	defer client.Close()
	if err := client.Ping(ctx); err != context.DeadlineExceeded {
		t.Errorf("one that does not answer says %v, want %v", err, context.DeadlineExceeded)
	}
}
