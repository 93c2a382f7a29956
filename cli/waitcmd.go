package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"supervise/control"
)

func (c *command) wait() *cobra.Command {
	what := newChoice(string(control.ForReady), string(control.ForStopped))
	timeout := duration(-1)
	cmd := &cobra.Command{
		Use:   "wait [TYPE|INSTANCE]...",
		Short: "Wait until instances are ready, or stopped",
		Long: `Wait returns 0 when all that are named are ready, or everything if nobody is. A
supervise that is not there yet is waited for too, so that a script may start one in
the background. With --timeout 0s it answers at once, as a container's HEALTHCHECK
wants it.`,
		Example: `  supervise wait --timeout 30s web
  HEALTHCHECK CMD ["/supervise", "wait", "--timeout", "0s"]`,
	}
	t := newTarget(cmd)
	cmd.Flags().Var(what, "for", "what to wait for")
	cmd.Flags().Var(&timeout, "timeout", "how long; 0s asks how it is now (default: for ever)")
	cmd.ValidArgsFunction = completeInstances(t)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w := waiting{command: c, target: t, what: control.For(what.value), names: args}
		if timeout >= 0 {
			w.until = time.Now().Add(time.Duration(timeout))
		}
		return c.untilSignal(w.wait)
	}
	return cmd
}

// waiting is one wait.
type waiting struct {
	*command
	target *target
	what   control.For
	names  []string
	until  time.Time // zero: for ever
}

func (w waiting) wait(ctx context.Context) error {
	client, err := w.find(ctx)
	if err != nil {
		return err
	}
	s := usualSilence
	s.giveUp = 0
	if !w.until.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, w.until.Add(answerTime), unanswered(client, w.left()+answerTime))
		defer cancel()
	}
	return w.ask(ctx, client, s, func(ctx context.Context, client *control.Client) error {
		return client.Wait(ctx, w.what, w.left(), w.names...)
	})
}

// answerTime is how long an answer may take that is due.
const answerTime = time.Second

// left is the time that is left; negative: for ever.
func (w waiting) left() time.Duration {
	if w.until.IsZero() {
		return -1
	}
	return max(0, time.Until(w.until))
}

// The pauses between two looks for a supervise that is not there, and the time after which
// people are told of it.
const (
	firstLook  = 5 * time.Millisecond
	latestLook = 200 * time.Millisecond
	absentTold = 3 * time.Second
)

// find waits for the supervise itself. That nobody is there to be stopped is an answer.
func (w waiting) find(ctx context.Context) (*control.Client, error) {
	told := time.AfterFunc(absentTold, func() { w.warn("no supervise is running here yet: still waiting") })
	defer told.Stop()
	for pause := firstLook; ; pause = min(2*pause, latestLook) {
		client, err := w.target.dial(ctx)
		var absent *control.NotRunningError
		if !errors.As(err, &absent) || w.what == control.ForStopped || w.left() == 0 {
			return client, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
