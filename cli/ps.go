package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"supervise/control"
	"supervise/signals"
)

func (c *command) ps() *cobra.Command {
	format := newChoice("text", "json")
	cmd := &cobra.Command{
		Use:   "ps [INSTANCE]",
		Short: "Show the instances of the running supervise",
		Long: `Ps shows state, pid, port, uptime and last exit of every instance; of one instance it
also shows its last 20 changes, each with its cause.`,
		Example: `  supervise ps
  supervise ps web.1
  supervise ps -o json`,
		Args: atMostOne,
	}
	t := newTarget(cmd)
	cmd.Flags().VarP(format, "output", "o", "how the table is written")
	cmd.ValidArgsFunction = completeInstances(t)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.asking(t, func(ctx context.Context, client *control.Client) error {
			if len(args) == 1 {
				return c.psOne(ctx, client, args[0], format.value)
			}
			return c.psAll(ctx, client, format.value)
		})
	}
	return cmd
}

func (c *command) psAll(ctx context.Context, client *control.Client, format string) error {
	all, err := client.Instances(ctx)
	if err != nil {
		return err
	}
	if format == "json" {
		return c.writeJSON(all)
	}
	return c.writeInstances(all)
}

func (c *command) psOne(ctx context.Context, client *control.Client, name, format string) error {
	one, err := client.Instance(ctx, name)
	if err != nil {
		return err
	}
	if format == "json" {
		return c.writeJSON([]control.Instance{one})
	}
	if err := c.writeInstances([]control.Instance{one}); err != nil {
		return err
	}
	fmt.Fprintln(c.std.Out)
	t := newTable("TIME", "LAUNCH", "STATE", "CHANGE", "CAUSE")
	for _, e := range one.Changes {
		t.row(e.Time.Local().Format(time.TimeOnly), strconv.Itoa(e.Launch), e.State, e.Kind, printable(e.Cause))
	}
	return t.write(c.std.Out)
}

func (c *command) writeInstances(all []control.Instance) error {
	t := newTable("INSTANCE", "STATE", "READY", "PID", "PORT", "UPTIME", "RESTARTS", "CPU", "MEMORY", "LAST EXIT", "CAUSE")
	for _, i := range all {
		t.row(i.Name, i.State, yes(i.Ready), orDash(i.PID), orDash(i.Port), uptime(i), strconv.Itoa(i.Restarts),
			cpu(i.Usage), memory(i.Usage), lastExit(i.LastExit), printable(i.Cause))
	}
	return t.write(c.std.Out)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// orDash leaves a 0 out.
func orDash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func uptime(i control.Instance) string {
	if i.PID == 0 {
		return "-"
	}
	return shortDuration(time.Duration(i.Uptime * float64(time.Second)))
}

func cpu(u *control.Usage) string {
	if u == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", u.CPU)
}

func memory(u *control.Usage) string {
	if u == nil {
		return "-"
	}
	return fmt.Sprintf("%.1fM", float64(u.Memory)/(1<<20))
}

func lastExit(e *control.Exit) string {
	if e == nil {
		return "-"
	}
	if e.Signal == 0 {
		return strconv.Itoa(e.Code)
	}
	text := strings.TrimPrefix(signals.Name(syscall.Signal(e.Signal)), "SIG")
	if e.Core {
		text += " (core)"
	}
	return text
}
