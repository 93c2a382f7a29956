package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/process"
	"supervise/procfile"
	"supervise/supervisor"
)

func (c *command) check() *cobra.Command {
	s, flags := newSettings(), pflag.NewFlagSet("check", pflag.ContinueOnError)
	s.register(flags)
	format := newChoice("text", "json")
	cmd := &cobra.Command{
		Use:   "check [TYPE[=N]]...",
		Short: "Read everything, start nothing, report every mistake at once",
		Long: `Check reads the Procfile, .env and settings as start would, with the same flags,
and shows what would run: each type, how many, their ports, and how its command is
executed. It looks commands up and tries the ports; what it cannot know it says:
which commands a shell will find.`,
		Example: `  supervise check
  supervise check web=2 -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.checkAll(s, flags, args, format.value)
		},
		ValidArgsFunction: completeTypes(s, "="),
	}
	cmd.Flags().AddFlagSet(flags)
	cmd.Flags().VarP(format, "output", "o", "how the table is written")
	return cmd
}

// checked is a row of check's table: one process type.
type checked struct {
	Type      string   `json:"type"`
	Instances int      `json:"instances"`
	Ports     []int    `json:"ports"`
	Direct    bool     `json:"direct"`            // executed without a shell
	Why       string   `json:"why,omitempty"`     // why a shell is needed
	Argv      []string `json:"argv,omitempty"`    // what is executed; of instance 1
	Problem   string   `json:"problem,omitempty"` // why it could not be started
	Command   string   `json:"command"`
}

func (c *command) checkAll(s *settings, flags *pflag.FlagSet, args []string, format string) error {
	a, err := load(s, request{flags: flags, formation: args}, c.std.In)
	if err != nil {
		return err
	}
	all := a.instances()
	rows := a.checked(all)
	warnings, failure := a.preflight(all)
	failure = errors.Join(failure, c.room(a, len(all), 0, process.OwnThreads()))
	for _, w := range append(a.warnings, warnings...) {
		c.warn("%s", w)
	}
	if format == "json" {
		err = c.writeJSON(rows)
	} else {
		err = c.writeChecked(rows)
	}
	if failure != nil {
		return failure
	}
	return err
}

// checked makes a row of each type, also of those that do not run.
func (a *app) checked(all []instance) (rows []checked) {
	for _, entry := range a.file.Entries {
		first := a.instance(supervisor.ID{Type: entry.Type, N: 1})
		row := checked{
			Type: entry.Type, Instances: a.counts[entry.Type], Ports: []int{}, Command: a.masked(entry.Command),
			Direct: !first.command.Shell, Why: first.command.Why,
		}
		for _, word := range first.command.Argv {
			row.Argv = append(row.Argv, a.masked(word))
		}
		if err := a.lookUp(first); err != nil {
			row.Problem = err.Error()
		}
		for _, i := range all {
			if i.id.Type == entry.Type && i.port > 0 {
				row.Ports = append(row.Ports, i.port)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (a *app) masked(text string) string { return procfile.MaskText(text, a.config) }

func (c *command) writeChecked(rows []checked) error {
	t := newTable("TYPE", "INSTANCES", "PORT", "EXECUTED", "COMMAND")
	for _, r := range rows {
		how := "directly"
		if !r.Direct {
			how = "by sh: " + r.Why
		}
		t.row(r.Type, fmt.Sprint(r.Instances), portRange(r.Ports), how, printable(r.Command))
	}
	return t.write(c.std.Out)
}

// portRange writes the ports of one type: they follow each other, unless they are auto.
func portRange(ports []int) string {
	n := len(ports)
	switch {
	case n == 0:
		return "-"
	case n == 1:
		return fmt.Sprint(ports[0])
	case ports[n-1]-ports[0] == n-1:
		return fmt.Sprintf("%d-%d", ports[0], ports[n-1])
	default:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(ports), " ", ","), "[]")
	}
}

func (c *command) writeJSON(v any) error {
	e := json.NewEncoder(c.std.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
