package cli

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"supervise/supervisor"
)

// TestTheLineOfEachEvent holds the words that operators read and grep for.
func TestTheLineOfEachEvent(t *testing.T) {
	a := &app{settings: newSettings(), plan: portPlan{first: map[string]int{"web": 5000}}}
	a.settings.restart.Set("job=never")
	a.settings.after.Set("worker=web+db")
	n := &narrator{launcher: &launcher{}}
	n.launcher.app.Store(a)
	web, worker, job := supervisor.ID{Type: "web", N: 1}, supervisor.ID{Type: "worker", N: 2}, supervisor.ID{Type: "job", N: 1}
	failed, crashed := supervisor.Status{Code: 1}, supervisor.Status{Signal: 11, Name: "SIGSEGV", Core: true}
	nginx := []supervisor.Member{{PID: 123, Command: "nginx"}}
	for _, c := range []struct {
		event supervisor.Event
		want  string
	}{
		{supervisor.Event{Kind: supervisor.KindLaunched, ID: web, PID: 4312}, "web.1 started with pid 4312, port 5000"},
		{supervisor.Event{Kind: supervisor.KindLaunched, ID: worker, PID: 4312}, "worker.2 started with pid 4312"},
		{supervisor.Event{Kind: supervisor.KindChanged, ID: worker, To: supervisor.Waiting}, "worker.2 waits for web, db"},
		{supervisor.Event{Kind: supervisor.KindChanged, ID: web, To: supervisor.Stopping, Grace: time.Second}, ""},
		{supervisor.Event{Kind: supervisor.KindExited, ID: worker, From: supervisor.Up, Status: failed, Uptime: 3200 * time.Millisecond,
			Next: supervisor.BackingOff, Delay: 400 * time.Millisecond, ShortLives: 3},
			"worker.2 exited 1 after 3.2s, restarting in 0.4s (3rd short life)"},
		{supervisor.Event{Kind: supervisor.KindExited, ID: web, From: supervisor.Up, Status: crashed, Uptime: 2 * time.Hour, Next: supervisor.Starting},
			"web.1 was killed by SIGSEGV (core dumped) after 2h, restarting"},
		{supervisor.Event{Kind: supervisor.KindExited, ID: worker, From: supervisor.Up, Uptime: time.Minute, Next: supervisor.Ended},
			"worker.2 exited 0 after 1m, not restarted (--restart worker=always would)"},
		{supervisor.Event{Kind: supervisor.KindExited, ID: job, From: supervisor.Up, Status: failed, Uptime: time.Minute, Next: supervisor.Failed},
			"job.1 exited 1 after 1m, not restarted (--restart job=never)"},
		{supervisor.Event{Kind: supervisor.KindExited, ID: web, From: supervisor.Up, Uptime: time.Second, Left: nginx, Next: supervisor.BackingOff,
			Delay: 100 * time.Millisecond, ShortLives: 1},
			"web.1 exited 0 after 1s and left pid 123 (nginx) in the background: use its foreground option, restarting in 0.1s (1st short life)"},
		{supervisor.Event{Kind: supervisor.KindExited, ID: web, From: supervisor.Stopping, Status: supervisor.Status{Signal: 15, Name: "SIGTERM"}, Uptime: time.Second},
			"web.1 stopped (SIGTERM) after 1s"},
		{supervisor.Event{Kind: supervisor.KindGone, ID: web, Next: supervisor.Starting}, "web.1 is gone, restarting"},
		{supervisor.Event{Kind: supervisor.KindChanged, ID: web, To: supervisor.Killing, Grace: 2 * time.Second},
			"what web.1 left ignored SIGTERM for 2s and was killed"},
		{supervisor.Event{Kind: supervisor.KindChanged, ID: web, To: supervisor.Killing, Grace: 8 * time.Second, PID: 4312},
			"web.1 ignored SIGTERM for its 8s grace period and was killed"},
		{supervisor.Event{Kind: supervisor.KindLaunchFailed, ID: web, Err: syscall.EMFILE, Next: supervisor.BackingOff, Delay: 400 * time.Millisecond, ShortLives: 3},
			"web.1 cannot be launched: too many open files, trying again in 0.4s"}, // of no short life
		{supervisor.Event{Kind: supervisor.KindLaunchFailed, ID: web, Err: errors.New("no processes"), Next: supervisor.BackingOff, Delay: time.Second},
			"web.1 cannot be launched: no processes, trying again in 1s"},
		{supervisor.Event{Kind: supervisor.KindRunEnding, Cause: ctrlC, Live: 3}, "Ctrl-C: stopping 3 instances, once more kills them"},
		{supervisor.Event{Kind: supervisor.KindRunEnding, Cause: "SIGTERM", Live: 1}, "SIGTERM: stopping 1 instance"},
		{supervisor.Event{Kind: supervisor.KindRunEnding, Cause: "web.1 exited 7", Code: 7}, "web.1 exited 7: ending with exit code 7"},
		{supervisor.Event{Kind: supervisor.KindRunKilling, Cause: ctrlC, Live: 2}, "Ctrl-C: killing 2 instances"},
		{supervisor.Event{Kind: supervisor.KindRunEnded}, ""},
		{supervisor.Event{Kind: supervisor.KindRunEnded, Live: 1}, "leaving 1 instance that cannot be killed"},
		{supervisor.Event{Kind: supervisor.KindRollEnded}, ""},
		{supervisor.Event{Kind: supervisor.KindRollEnded, Err: errors.New("web.1 does not get ready")},
			"the roll has ended before its end: web.1 does not get ready"},
	} {
		if got := n.text(c.event); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.event.Kind, got, c.want)
		}
	}
}
