package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/control"
	"supervise/procfile"
)

// target are the flags that say which running supervise a client asks.
type target struct {
	sources
	flags *pflag.FlagSet
}

// newTarget gives a command those flags. In logs, -f is to follow.
func newTarget(cmd *cobra.Command) *target {
	t := &target{flags: pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)}
	short := "f"
	if cmd.Name() == "logs" {
		short = ""
	}
	t.flags.StringVarP(&t.procfile, "procfile", short, "", "the `FILE` that it runs")
	t.flags.StringVarP(&t.root, "root", "d", "", "the `FOLDER` that it runs in")
	t.which.register(t.flags)
	cmd.Flags().AddFlagSet(t.flags)
	return t
}

// dial finds the running supervise.
func (t *target) dial(ctx context.Context) (*control.Client, error) {
	ms := fillFromEnvironment(t.flags, func(name string) (string, bool) {
		if name == variableOf("socket") { // control looks there itself, after the flag
			return "", false
		}
		return os.LookupEnv(name)
	})
	a := &app{}
	if _, more := a.locate(t.sources); more != nil {
		ms = append(ms, more...)
	}
	if ms != nil {
		return nil, ms
	}
	client, err := control.Dial(ctx, control.Where{Root: a.root, Name: t.name, Socket: t.socket})
	return client, explainSocket(err)
}

// asking runs a client command: it finds the supervise, and ends at a signal, which never
// touches the app.
func (c *command) asking(t *target, ask func(context.Context, *control.Client) error) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go func() {
		for sig := range c.incoming.C() {
			cancel(dieOf(sig))
		}
	}()
	err := c.ask(ctx, t, ask)
	if died := new(problem); errors.As(context.Cause(ctx), &died) {
		return died
	}
	return explainRefusal(err)
}

func (c *command) ask(ctx context.Context, t *target, ask func(context.Context, *control.Client) error) error {
	client, err := t.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	return ask(ctx, client)
}

// explainSocket adds what to do about a socket that cannot be had.
func explainSocket(err error) error {
	var running *control.RunningError
	var absent *control.NotRunningError
	switch {
	case errors.As(err, &running):
		return &problem{exitFailure, err, "supervise scale changes how many run; --name NAME starts another beside it"}
	case errors.As(err, &absent):
		return &problem{exitFailure, err, "supervise start begins; -d, --name and --socket say which one is meant"}
	default:
		return err
	}
}

// explainRefusal adds the names there are to one that there is not.
func explainRefusal(err error) error {
	var refused *control.Error
	if !errors.As(err, &refused) || len(refused.Known) == 0 {
		return err
	}
	name, _, _ := strings.Cut(refused.Reason, ":")
	hint := "there are " + strings.Join(refused.Known, ", ")
	if near := procfile.Suggest(name, refused.Known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return &problem{exitMistake, err, hint}
}

// told prints what a command did to an instance: "web.2 up (pid 4312, was 4290)".
func (c *command) told(ch control.Change) {
	after, before := ch.After, ch.Before
	switch {
	case ch.Removed:
		fmt.Fprintf(c.std.Out, "%s gone\n", before.Name)
	case after.PID != 0 && before.PID != 0 && before.PID != after.PID:
		fmt.Fprintf(c.std.Out, "%s %s (pid %d, was %d)\n", after.Name, after.State, after.PID, before.PID)
	case after.PID != 0:
		fmt.Fprintf(c.std.Out, "%s %s (pid %d)\n", after.Name, after.State, after.PID)
	default:
		fmt.Fprintf(c.std.Out, "%s %s\n", after.Name, after.State)
	}
}
