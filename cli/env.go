package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/procfile"
	"supervise/supervisor"
)

func (c *command) env() *cobra.Command {
	s, flags := newSettings(), pflag.NewFlagSet("env", pflag.ContinueOnError)
	s.register(flags)
	format := newChoice("text", "json")
	var reveal bool
	cmd := &cobra.Command{
		Use:   "env [INSTANCE|TYPE]",
		Short: "Show the environment an instance gets, and where each value came from",
		Long: `Env shows each variable of an instance's environment and where its value came
from: the environment, a line of a .env file, or supervise. A type means its first
instance; without an argument it shows what all have in common. Secrets are masked.`,
		Example: `  supervise env web.2
  supervise env --reveal web -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := c.variables(s, flags, args)
			if err != nil {
				return err
			}
			if !reveal {
				mask(rows)
			}
			if format.value == "json" {
				return c.writeJSON(rows)
			}
			return c.writeVariables(rows)
		},
		Args:              atMostOne,
		ValidArgsFunction: completeTypes(s, ""),
	}
	addFlags(cmd, flags, "procfile", "root", "env", "no-env", "lax", "port", "port-step", "no-port")
	cmd.Flags().VarP(format, "output", "o", "how the table is written")
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show secrets")
	return cmd
}

// variable is a row of env's table.
type variable struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Line   int    `json:"line,omitempty"`
}

func (v variable) from() string {
	if v.Line > 0 {
		return fmt.Sprintf("%s:%d", v.Source, v.Line)
	}
	return v.Source
}

func mask(rows []variable) {
	environ := make([]string, len(rows))
	for i, v := range rows {
		environ[i] = v.Name + "=" + v.Value
	}
	all, _ := procfile.LoadEnv(environ)
	for i, v := range rows {
		rows[i].Value = procfile.MaskValue(v.Name, v.Value, all)
	}
}

func (c *command) variables(s *settings, flags *pflag.FlagSet, args []string) ([]variable, error) {
	a, err := load(s, request{flags: flags, optional: len(args) == 0, anyFormation: true}, c.std.In)
	if err != nil {
		return nil, err
	}
	for _, w := range a.warnings {
		c.warn("%s", w)
	}
	var i instance
	if len(args) > 0 {
		if i, err = a.named(args[0]); err != nil {
			return nil, err
		}
	}
	return a.variables(i), nil
}

// named finds an instance by its name, or a type's first one.
func (a *app) named(name string) (instance, error) {
	id, err := supervisor.ParseID(name)
	if err != nil {
		id = supervisor.ID{Type: name, N: 1}
	}
	if _, ok := a.file.Lookup(id.Type); !ok {
		return instance{}, a.unknownType(id.Type)
	}
	return a.instance(id), nil
}

func (a *app) unknownType(name string) error {
	known := a.file.Types()
	hint := "it has " + strings.Join(known, ", ")
	if near := procfile.Suggest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return mistake(hint, "%s has no process type %q", a.file.Name, name)
}

// variables lists an instance's environment by name, each with its source.
func (a *app) variables(i instance) (rows []variable) {
	origin := map[string]procfile.Variable{}
	for _, v := range a.config.Variables() {
		origin[v.Name] = v
	}
	for _, v := range a.environment(i) {
		name, value, _ := strings.Cut(v, "=")
		row := variable{Name: name, Value: value, Source: "supervise"}
		switch o, known := origin[name]; {
		case slices.Contains(i.command.Env, v):
			row.Source = a.file.Name
		case slices.Contains(i.own, v), slices.Contains(a.siblings, v):
		case known:
			row.Source, row.Line = o.Source, o.Line
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b variable) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

func (c *command) writeVariables(rows []variable) error {
	t := newTable("NAME", "SOURCE", "VALUE")
	for _, v := range rows {
		t.row(v.Name, v.from(), printable(v.Value))
	}
	return t.write(c.std.Out)
}

// printable keeps a value on its line, and control characters off the terminal.
func printable(value string) string {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return fmt.Sprintf("%q", value)
	}
	return value
}
