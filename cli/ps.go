package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"supervise/control"
)

func (c *command) ps() *cobra.Command {
	format := newChoice("text", "json")
	cmd := &cobra.Command{
		Use:   "ps [TYPE|INSTANCE]",
		Short: "Show the instances of the running supervise",
		Long: `Ps shows state, pid, port, uptime and last exit of every instance, what its processes
use, and what comes to it through the front door. Of one instance it also shows the last
20 changes, each with its cause. On a narrow terminal columns are left out.`,
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
			all, err := lookUp(ctx, client, args)
			switch {
			case err != nil:
				return err
			case format.value == "json":
				return c.writeJSON(all)
			}
			return c.writePs(ctx, client, all)
		})
	}
	return cmd
}

// lookUp finds the instances of the type that is named, the one that is, with its changes,
// or all.
func lookUp(ctx context.Context, client *control.Client, names []string) ([]control.Instance, error) {
	all, err := client.Instances(ctx)
	if err != nil || len(names) == 0 {
		return all, err
	}
	var ofType []control.Instance
	var known []string
	for _, i := range all {
		switch {
		case i.Name == names[0]:
			one, err := client.Instance(ctx, i.Name)
			return []control.Instance{one}, err
		case i.Type == names[0]:
			ofType = append(ofType, i)
		}
		known = append(known, i.Type, i.Name)
	}
	if ofType == nil {
		return nil, &control.Error{Reason: names[0] + ": no such instance nor process type", Known: slices.Compact(known)}
	}
	return ofType, nil
}

// writePs writes the tables there are something for: of instances, of the front door, and
// of changes.
func (c *command) writePs(ctx context.Context, client *control.Client, all []control.Instance) error {
	tables := []*table{c.instanceTable(all)}
	if len(all) > 0 && all[0].Changes != nil {
		tables = append(tables, c.changeTable(all[0].Changes))
	} else if slices.ContainsFunc(all, behindFront) {
		door, err := client.FrontDoor(ctx)
		if err != nil {
			return err
		}
		tables = append(tables, c.frontTable(door))
	}
	for n, t := range tables {
		if n > 0 {
			c.std.Out.WriteString("\n")
		}
		if err := t.write(c.std.Out); err != nil {
			return err
		}
	}
	return nil
}

func behindFront(i control.Instance) bool { return i.Requests != nil }

// changeTable shows the date of what was not today.
func (c *command) changeTable(changes []control.Event) *table {
	t := newTable("TIME", "LAUNCH", "STATE", "CHANGE", "CAUSE")
	today := time.Now().Format(time.DateOnly)
	for _, e := range changes {
		at := e.Time.Local().Format(time.TimeOnly)
		if day := e.Time.Local().Format(time.DateOnly); day != today {
			at = day + " " + at
		}
		t.row(at, orDash(e.Launch), e.State, e.Kind, printable(e.Cause))
	}
	t.fit(c.rowWidth(), "LAUNCH", "CHANGE")
	return t
}
