package metrics

import (
	"strings"
	"testing"

	"supervise/supervisor"
)

// Each story is what happens to worker.1 between two launches.
func TestARestartHasTheCauseThatMadeItNecessary(t *testing.T) {
	up := supervisor.Event{Kind: supervisor.KindLaunched, ID: worker1, Launch: 1, From: supervisor.Starting, To: supervisor.Up}
	exits := func(to supervisor.State, s supervisor.Status) supervisor.Event {
		return supervisor.Event{Kind: supervisor.KindExited, ID: worker1, Launch: 1, From: supervisor.Up, To: to, Status: s}
	}
	changes := func(from, to supervisor.State) supervisor.Event {
		return supervisor.Event{Kind: supervisor.KindChanged, ID: worker1, Launch: 1, From: from, To: to}
	}
	crash, segv := supervisor.Status{Code: 1}, supervisor.Status{Signal: 11}
	for _, c := range []struct {
		name  string
		story []supervisor.Event
		from  supervisor.State
		want  cause
	}{
		{"it exits and restarts at once", []supervisor.Event{exits(supervisor.Up, crash)}, supervisor.Up, exit},
		{"it exits with 0 and restarts", []supervisor.Event{exits(supervisor.Up, supervisor.Status{})}, supervisor.Up, exit},
		{"it exits and backs off", []supervisor.Event{exits(supervisor.BackingOff, crash)}, supervisor.BackingOff, exit},
		{"it is killed", []supervisor.Event{exits(supervisor.BackingOff, segv)}, supervisor.BackingOff, killed},
		{"what it left ends in time", []supervisor.Event{exits(supervisor.Stopping, crash), {Kind: supervisor.KindGone, ID: worker1, Launch: 1, From: supervisor.Stopping, To: supervisor.Stopping}}, supervisor.Stopping, exit},
		{"what it left is killed", []supervisor.Event{exits(supervisor.Stopping, segv), changes(supervisor.Stopping, supervisor.Killing), {Kind: supervisor.KindGone, ID: worker1, Launch: 1, From: supervisor.Killing, To: supervisor.BackingOff}}, supervisor.BackingOff, killed},
		{"restart is asked for", []supervisor.Event{changes(supervisor.Up, supervisor.Stopping), {Kind: supervisor.KindExited, ID: worker1, Launch: 1, From: supervisor.Stopping, To: supervisor.Stopping, Status: crash}}, supervisor.Stopping, asked},
		{"it crashes while it drains", []supervisor.Event{changes(supervisor.Up, supervisor.Draining), {Kind: supervisor.KindExited, ID: worker1, Launch: 1, From: supervisor.Draining, To: supervisor.Draining, Status: crash}}, supervisor.Draining, asked},
		{"a start is asked for after a crash for good", []supervisor.Event{exits(supervisor.Failed, crash)}, supervisor.Failed, asked},
		{"a start is asked for after a stop in the backoff", []supervisor.Event{exits(supervisor.BackingOff, crash), changes(supervisor.BackingOff, supervisor.Down)}, supervisor.Down, asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			again := changes(c.from, supervisor.Starting)
			again.Launch = 2
			events := append([]supervisor.Event{up}, c.story...)
			m := told(Options{}, append(events, again)...)
			var want [nCauses]int
			want[c.want] = 1
			if got := m.tally.instances[worker1].restarts; got != want {
				t.Errorf("restarts are %v, want %v of %v", got, want, causes)
			}
		})
	}
}

func TestOnlyAStopThatWasAskedForIsADrain(t *testing.T) {
	m := told(Options{}, history...)
	page := text(t, m, epoch)
	for series, want := range map[string]string{
		`supervise_drain_duration_seconds_count{type="worker"}`: "0", // a crash is no drain
		`supervise_drain_duration_seconds_count{type="web"}`:    "1",
		`supervise_drain_duration_seconds_sum{type="web"}`:      "4",
	} {
		if !strings.Contains(page, series+" "+want+"\n") {
			t.Errorf("want %s %s in\n%s", series, want, page)
		}
	}
}

func TestAnInstanceThatIsScaledAwayIsToldNoMoreUntilItIsBack(t *testing.T) {
	m := told(Options{}, append(history, supervisor.Event{Kind: supervisor.KindRemoved, ID: web1, Launch: 2})...)
	const series = `supervise_instance_restarts_total{cause="asked",name="web.1",type="web"}`
	if page := text(t, m, epoch); strings.Contains(page, `"web.1"`) || !strings.Contains(page, `"web.10"`) {
		t.Errorf("want all but web.1 in\n%s", page)
	}
	m.count(supervisor.Event{Seq: 99, Kind: supervisor.KindChanged, ID: web1, Launch: 3, To: supervisor.Starting})
	if page := text(t, m, epoch); !strings.Contains(page, series+" 2\n") {
		t.Errorf("want %s 2 in\n%s", series, page)
	}
}

func TestASnapshotMakesUpForEventsThatWereLost(t *testing.T) {
	m := told(Options{}, history...)
	m.resume(supervisor.Snapshot{Seq: 40, Ending: true, Instances: map[supervisor.ID]supervisor.Event{
		web1:    {Seq: 40, Kind: supervisor.KindLaunched, ID: web1, Launch: 4, From: supervisor.Starting, To: supervisor.Up},
		worker1: {Seq: 39, Kind: supervisor.KindChanged, ID: worker1, Launch: 4, From: supervisor.Starting, To: supervisor.Up},
	}})
	if got, want := m.tally.lost, uint64(40-len(history)); got != want {
		t.Errorf("%d events are lost, want %d", got, want)
	}
	if got := m.tally.instances[web1].restarts; got != [nCauses]int{asked: 1, unknown: 2} {
		t.Errorf("web.1 has restarts %v, want 1 asked for and 2 unknown", got)
	}
	if !m.tally.instances[web10].away {
		t.Error("web.10 is still there")
	}
	if !m.tally.ending {
		t.Error("the shutdown has been missed")
	}
}
