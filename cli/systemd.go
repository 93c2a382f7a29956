package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"supervise/supervisor"
)

// notifySystemd tells systemd how the run goes, if systemd is there to be told
// (sd_notify(3)): READY when everything has got ready once, STATUS as that changes,
// STOPPING when the run ends, and WATCHDOG as long as the supervisor answers.
func (r *run) notifySystemd() {
	if ok, err := daemon.SdNotify(false, "STATUS=starting"); !ok || err != nil {
		return
	}
	now, events := r.sup.Watch(0)
	go r.tellSystemd(now, events)
	if interval, err := daemon.SdWatchdogEnabled(false); err == nil && interval > 0 {
		go r.feedWatchdog(interval / 2)
	}
}

func (r *run) tellSystemd(now supervisor.Snapshot, events *supervisor.Watcher) {
	defer events.Close()
	told, ready := "", false
	for {
		e, _, err := events.Next(context.Background())
		if err != nil {
			return
		}
		switch {
		case e.Kind == supervisor.KindRunEnding:
			daemon.SdNotify(false, daemon.SdNotifyStopping+"\nSTATUS="+e.Cause)
			return
		case e.Kind == supervisor.KindRemoved:
			delete(now.Instances, e.ID)
		case e.ID.Type != "":
			now.Instances[e.ID] = *e
		}
		serving := servingIn(now)
		state := fmt.Sprintf("STATUS=%d of %s ready", serving, plural(len(now.Instances), "instance"))
		if serving == len(now.Instances) && !ready {
			ready = true
			daemon.SdNotify(false, daemon.SdNotifyReady)
		}
		if state != told {
			told = state
			daemon.SdNotify(false, state)
		}
	}
}

// servingIn counts the instances that are ready, or have ended for good without failing.
func servingIn(now supervisor.Snapshot) (n int) {
	for _, e := range now.Instances {
		if e.Ready || e.To == supervisor.Ended {
			n++
		}
	}
	return n
}

// feedWatchdog tells systemd that we are alive as often as the supervisor's loop answers.
func (r *run) feedWatchdog(every time.Duration) {
	for range time.Tick(every) {
		ctx, cancel := context.WithTimeout(context.Background(), every)
		err := r.sup.Do(ctx, supervisor.Resume{}) // it answers, so it lives
		cancel()
		switch {
		case errors.Is(err, supervisor.ErrEnding):
			return
		case err == nil:
			daemon.SdNotify(false, daemon.SdNotifyWatchdog)
		}
	}
}
