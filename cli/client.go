package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"

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
// touches the app, or when that supervise is silent.
func (c *command) asking(t *target, ask question) error { return c.askingWith(t, usualSilence, ask) }

// following is asking for what may go on for days: a silent supervise is told and waited
// for.
func (c *command) following(t *target, ask question) error {
	return c.askingWith(t, usualSilence.forever(), ask)
}

// question is what a client command asks the supervise that it has found.
type question func(context.Context, *control.Client) error

func (c *command) askingWith(t *target, s silence, ask question) error {
	return c.untilSignal(func(ctx context.Context) error {
		client, err := t.dial(ctx)
		if err != nil {
			return err
		}
		return c.ask(ctx, client, s, ask)
	})
}

// untilSignal runs what has a context that ends at a signal.
func (c *command) untilSignal(do func(context.Context) error) error { return c.heeding(nil, do) }

// heeding is untilSignal where some signals mean something else.
func (c *command) heeding(others map[syscall.Signal]func(), do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	c.incoming.Add(slices.Collect(maps.Keys(others))...)
	go func() {
		for sig := range c.incoming.C() {
			if heed := others[sig]; heed != nil {
				heed()
			} else {
				cancel(dieOf(sig))
			}
		}
	}()
	err := do(ctx)
	if died := new(problem); errors.As(context.Cause(ctx), &died) {
		return died
	}
	return explainRefusal(err)
}

// ask asks a supervise that was found, for as long as it gives signs of life.
func (c *command) ask(ctx context.Context, client *control.Client, s silence, ask question) error {
	defer client.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(s.watch(ctx, client, c.warn)) }()
	err := ask(ctx, client)
	if silent := new(problem); err != nil && errors.As(context.Cause(ctx), &silent) {
		return silent
	}
	return err
}

// explainSocket adds what to do about a socket that cannot be had.
func explainSocket(err error) error {
	var running *control.RunningError
	var absent *control.NotRunningError
	switch {
	case errors.As(err, &running):
		return &problem{exitFailure, err, "supervise scale changes how many run; --name NAME starts another beside it"}
	case errors.As(err, &absent):
		return &problem{exitFailure, err, "start it with supervise start, or say which one is meant with -d, --name or --socket"}
	default:
		return err
	}
}

// explainRefusal adds the names there are to one that there is not, and tells a mistake
// of the user's from what cannot be done.
func explainRefusal(err error) error {
	var refused *control.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch {
	case len(refused.Known) > 0:
		name, _, _ := strings.Cut(refused.Reason, ":")
		hint := "there are " + strings.Join(refused.Known, ", ")
		if near := procfile.Suggest(name, refused.Known); near != "" {
			hint = "did you mean " + near + "?"
		}
		return &problem{exitMistake, err, hint}
	case refused.Status == http.StatusBadRequest:
		return &problem{exitMistake, err, ""}
	}
	return err
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
