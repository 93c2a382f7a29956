package cli

import (
	"cmp"
	"errors"
	"os"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/process"
	"supervise/procfile"
	"supervise/signals"
	"supervise/supervisor"
)

func (c *command) run() *cobra.Command {
	s, flags := newSettings(), pflag.NewFlagSet("run", pflag.ContinueOnError)
	s.register(flags)
	cmd := &cobra.Command{
		Use:   "run TYPE|COMMAND [ARG]...",
		Short: "Run a one-off in the app's environment",
		Long: `Run becomes the command: it has the app's environment and folder, your terminal,
and its own exit code. A process type of the Procfile wins over a command of that
name; after -- it is a command. Flags for supervise stand before it.

As PID 1 of a container it also reaps orphans and passes every signal on.`,
		Example: `  supervise run migrate                    an entry of the Procfile
  supervise run migrate --fake             with arguments
  supervise run -e .env.test -- rake test  a command`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return mistake("supervise run TYPE|COMMAND [ARG]...", "nothing to run")
			}
			code, err := c.oneOff(s, flags, args, cmd.ArgsLenAtDash() == 0)
			c.code = code
			return err
		},
		ValidArgsFunction: completeTypes(s, ""),
	}
	cmd.Flags().SetInterspersed(false)
	addFlags(cmd, flags, "procfile", "root", "env", "no-env", "lax", "port", "port-step", "no-port")
	return cmd
}

// addFlags shows some of start's flags in another command. The others are known to it
// only so that their variables, which it shares with start, are not mistakes.
func addFlags(cmd *cobra.Command, all *pflag.FlagSet, names ...string) {
	for _, name := range names {
		cmd.Flags().AddFlag(all.Lookup(name))
	}
}

// oneOff runs the command in place of us, or as PID 1 below us.
func (c *command) oneOff(s *settings, flags *pflag.FlagSet, args []string, literal bool) (int, error) {
	a, err := load(s, request{flags: flags, optional: true, anyFormation: true}, c.std.In)
	if err != nil {
		return 0, err
	}
	for _, w := range a.warnings {
		c.warn("%s", w)
	}
	i := a.oneOff(args, literal)
	id := runID() + "." + i.id.String()
	spec := process.Spec{
		Argv: i.command.Argv,
		Env:  a.environment(i, variablePrefix+"ID="+id),
		Dir:  a.root,
		ID:   id,
	}
	if os.Getpid() == 1 {
		code, err := c.asInit(spec)
		return code, a.meantType(err, args[0])
	}
	return 0, a.meantType(c.become(spec), args[0])
}

// meantType adds the process type that a command which is not there may have been meant
// for.
func (a *app) meantType(err error, name string) error {
	p := new(problem)
	if near := procfile.Suggest(name, a.file.Types()); near != "" && errors.As(err, &p) && p.code == exitNotFound {
		return &problem{p.code, p.err, cmp.Or(p.hint, "did you mean "+near+"?")}
	}
	return err
}

// oneOff prepares a run of a Procfile entry or, literally, of a command.
func (a *app) oneOff(args []string, literal bool) instance {
	id := supervisor.ID{Type: "run", N: os.Getpid()}
	if _, entry := a.file.Lookup(args[0]); !entry || literal {
		i := a.entryless(id, a.plan.base)
		i.command = procfile.Command{Argv: args}
		return i
	}
	i := a.entryless(id, a.plan.first[args[0]])
	i.command = a.withArguments(args[0], args[1:], i.own)
	return i
}

// withArguments appends arguments to an entry, verbatim: to one that goes to a shell
// as its "$@".
func (a *app) withArguments(name string, args, own []string) procfile.Command {
	entry, _ := a.file.Lookup(name)
	c := procfile.Words(entry.Command, a.lookup(own))
	switch {
	case len(args) == 0:
	case c.Shell:
		c.Argv = append([]string{c.Argv[0], "-c", entry.Command + ` "$@"`, name}, args...)
	default:
		c.Argv = append(c.Argv, args...)
	}
	return c
}

// become executes the command in our place, so that terminal, job control and exit
// code are the command's own. It returns only if that failed.
func (c *command) become(spec process.Spec) error {
	if unread := c.incoming.Stop(); len(unread) > 0 {
		return dieOf(unread[0])
	}
	return cannotRun(process.Become(spec))
}

func cannotRun(err error) error {
	return &problem{code: process.ExitCode(err), err: process.WithLimit(err), hint: hintOf(err)}
}

// dieOf ends as the default action of a signal would have ended us.
func dieOf(sig syscall.Signal) error {
	return &problem{code: 128 + int(sig)}
}

// asInit runs the command below us: PID 1 has duties that a command does not know.
func (c *command) asInit(spec process.Spec) (int, error) {
	heard := c.incoming.C() // before Add: SIGTERM does not wait for forty others
	c.incoming.Add(signals.Forwardable()...)
	status, err := process.RunAsInit(spec, heard)
	if err != nil {
		return 0, cannotRun(err)
	}
	return status.ExitCode(), nil
}
