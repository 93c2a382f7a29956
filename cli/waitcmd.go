package cli

import (
	"context"
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
		Long: `Wait returns 0 when all that are named are ready, or everything if nobody is. With
--timeout 0s it answers at once, as a container's HEALTHCHECK wants it.`,
		Example: `  supervise wait --timeout 30s web
  HEALTHCHECK CMD ["/supervise", "wait", "--timeout", "0s"]`,
	}
	t := newTarget(cmd)
	cmd.Flags().Var(what, "for", "what to wait for")
	cmd.Flags().Var(&timeout, "timeout", "how long; 0s asks how it is now (default: for ever)")
	cmd.ValidArgsFunction = completeInstances(t)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.asking(t, func(ctx context.Context, client *control.Client) error {
			return client.Wait(ctx, control.For(what.value), time.Duration(timeout), args...)
		})
	}
	return cmd
}
