package cli

import (
	"context"

	"github.com/spf13/cobra"

	"supervise/control"
	"supervise/output"
)

func (c *command) logs() *cobra.Command {
	format := newChoice("text", "json")
	o := control.LogsOptions{Lines: -1}
	lines := (*count)(&o.Lines)
	noPrefix, noTimestamp, color := false, false, newChoice("auto", "always", "never")
	cmd := &cobra.Command{
		Use:   "logs [TYPE|INSTANCE]...",
		Short: "Show what instances of the running supervise wrote",
		Long: `Logs shows the lines that are kept, 1 MB of each instance, also of quiet types, and
with -f those that come. "system" is what supervise itself says, of whomever.`,
		Example: `  supervise logs -f web
  supervise logs -n 100 worker.2
  supervise logs -o json system`,
	}
	t := newTarget(cmd)
	cmd.Flags().BoolVarP(&o.Follow, "follow", "f", false, "go on with what comes")
	cmd.Flags().VarP(lines, "lines", "n", "at most `N` of the lines that are kept (default: all)")
	cmd.Flags().VarP(format, "output", "o", "how lines are written")
	cmd.Flags().BoolVar(&noPrefix, "no-prefix", false, "write lines without the instance's name")
	cmd.Flags().BoolVar(&noTimestamp, "no-timestamp", false, "write lines without the time")
	cmd.Flags().Var(color, "color", "colour the prefixes")
	cmd.ValidArgsFunction = completeInstances(t, "system\tsupervise itself")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.Names = args
		ask := c.asking
		if o.Follow {
			ask = c.following
		}
		return ask(t, func(ctx context.Context, client *control.Client) error {
			sink := output.NewJSON(c.std.Out)
			if format.value == "text" {
				names, err := instanceNames(ctx, client)
				if err != nil {
					return err
				}
				sink = output.NewText(c.std.Out, output.TextOptions{
					Terminal: c.onTerminal(), Color: colored(color.value, c.onTerminal()),
					Prefix: !noPrefix, Timestamp: !noTimestamp, Names: names,
				})
			}
			return c.copyLogs(ctx, client, o, sink)
		})
	}
	return cmd
}

func (c *command) copyLogs(ctx context.Context, client *control.Client, o control.LogsOptions, sink output.Sink) error {
	for line, err := range client.Logs(ctx, o) {
		if err != nil {
			return err
		}
		if line.Lost > 0 {
			c.warn("%d lines came faster than they were read and are not shown", line.Lost)
			continue
		}
		line.Time = line.Time.Local()
		if err := sink.Write(&line.Batch); err != nil {
			return err
		}
	}
	return nil
}

func instanceNames(ctx context.Context, client *control.Client) (names []string, err error) {
	all, err := client.Instances(ctx)
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names, err
}
