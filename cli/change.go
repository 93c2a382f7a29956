package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"supervise/control"
	"supervise/signals"
)

// The commands that change a running formation. Each returns when its effect is there.

func (c *command) restart() *cobra.Command {
	var allAtOnce bool
	return c.change(&cobra.Command{
		Use:   "restart [TYPE|INSTANCE]...",
		Short: "Restart instances of the running supervise, one after the other",
		Long: `Restart is a roll: each instance is stopped, launched again and ready before the
next; without arguments all of them. A launch that does not get ready ends the roll,
and the rest keep serving. What is ready by nothing but being alive for 1s counts as
restarted when it is up; only the next one waits for the second.`,
		Example: `  supervise restart
  supervise restart web worker.2`,
	}, func(cmd *cobra.Command) {
		cmd.Flags().BoolVar(&allAtOnce, "all-at-once", false, "for emergencies: everything named, at once")
	},
		func(ctx context.Context, client *control.Client, args []string) error {
			return client.Restart(ctx, args, allAtOnce, c.told)
		})
}

func (c *command) stop() *cobra.Command {
	return c.change(&cobra.Command{
		Use:     "stop TYPE|INSTANCE...",
		Short:   "Stop instances of the running supervise",
		Long:    "Stop drains instances. They stay stopped until restart or scale.",
		Example: "  supervise stop worker.2",
		Args:    atLeastOne,
	}, nil, func(ctx context.Context, client *control.Client, args []string) error {
		return client.Stop(ctx, args, c.told)
	})
}

func (c *command) scale() *cobra.Command {
	return c.change(&cobra.Command{
		Use:   "scale TYPE=N...",
		Short: "Change how many instances of a type run",
		Long: `Scale sets the number of instances, or changes it by +N or -N. The highest numbers
stop first, and every instance keeps its port.`,
		Example: `  supervise scale web=4
  supervise scale worker=+2 web=-1`,
		Args: atLeastOne,
	}, nil, func(ctx context.Context, client *control.Client, args []string) error {
		return onlyTypes(client.Scale(ctx, strings.Split(strings.Join(args, ","), ","), c.told))
	})
}

// onlyTypes leaves instances out of the names there are, which have a dot.
func onlyTypes(err error) error {
	var refused *control.Error
	if errors.As(err, &refused) {
		refused.Known = slices.DeleteFunc(refused.Known, func(name string) bool { return strings.Contains(name, ".") })
	}
	return err
}

func (c *command) reload() *cobra.Command {
	return c.change(&cobra.Command{
		Use:   "reload",
		Short: "Read Procfile and .env again, restart only what changed",
		Long: `Reload reads Procfile, .env and .supervise.env again. A mistake in them touches
nothing. Types whose command, config or settings changed are restarted by a roll; counts
set by scale stay.`,
		Example: "  supervise reload",
		Args:    noArguments,
	}, nil, func(ctx context.Context, client *control.Client, _ []string) error {
		return client.Reload(ctx, func(r control.ReloadResult) {
			for _, line := range r.Difference {
				fmt.Fprintln(c.std.Out, line)
			}
		}, c.told)
	})
}

func (c *command) down() *cobra.Command {
	return c.change(&cobra.Command{
		Use:     "down",
		Short:   "Drain and end the running supervise",
		Example: "  supervise down",
		Args:    noArguments,
	}, nil, func(ctx context.Context, client *control.Client, _ []string) error {
		return client.Down(ctx, c.told)
	})
}

func (c *command) signal() *cobra.Command {
	return c.change(&cobra.Command{
		Use:   "signal SIGNAL TYPE|INSTANCE...",
		Short: "Send a signal to instances of the running supervise",
		Long:  "Signal sends a signal to the leader of each instance, and changes nothing else.",
		Example: `  supervise signal USR1 web
  supervise signal HUP worker.2`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return mistake("supervise "+cmd.Use, "signal wants a signal and who gets it")
			}
			return nil
		},
	}, nil, func(ctx context.Context, client *control.Client, args []string) error {
		sig, err := signals.Parse(args[0])
		if err != nil {
			return mistake(signalFirst(args), "%w", err)
		}
		sent, err := client.Signal(ctx, sig, args[1:])
		for _, i := range sent {
			fmt.Fprintf(c.std.Out, "%s has %s (pid %d)\n", i.Name, signals.Name(sig), i.PID)
		}
		return err
	})
}

// signalFirst is the hint for who has named the instances before the signal.
func signalFirst(args []string) string {
	last := len(args) - 1
	if _, err := signals.Parse(args[last]); err != nil {
		return ""
	}
	return fmt.Sprintf("the signal stands first:   supervise signal %s %s", args[last], strings.Join(args[:last], " "))
}

// change completes a command with the flags of a client and what it does.
func (c *command) change(cmd *cobra.Command, flags func(*cobra.Command), do func(context.Context, *control.Client, []string) error) *cobra.Command {
	t := newTarget(cmd)
	if flags != nil {
		flags(cmd)
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		err := c.asking(t, func(ctx context.Context, client *control.Client) error { return do(ctx, client, args) })
		if died := new(problem); errors.As(err, &died) && died.err == nil {
			died.err = errors.New("interrupted: supervise goes on with what it was asked")
		}
		return err
	}
	cmd.ValidArgsFunction = completeChange(cmd.Name(), t)
	return cmd
}
