package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/procfile"
	"supervise/signals"
)

// Streams are the three standard streams.
type Streams struct {
	In       *os.File
	Out, Err *os.File
}

// Exit codes of our own; those of instances are passed on.
const (
	exitOK            = 0
	exitFailure       = 1
	exitMistake       = 2
	exitNotExecutable = 126
	exitNotFound      = 127
)

// Main runs one command line and returns the exit code. Incoming is what main
// listens to from its first statement on.
func Main(args []string, std Streams, incoming *signals.Incoming) int {
	c := &command{std: std, incoming: incoming}
	root := c.root()
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		for _, sub := range root.Commands() {
			completeFlags(sub)
		}
	}
	if cmd, _, err := root.Find(args); err == nil && cmd.Flags().Lookup("front") != nil {
		args = joinFront(args)
	}
	root.SetArgs(args)
	if err := root.Execute(); err != nil {
		return c.fail(err)
	}
	return c.code
}

// command is one command line on its way: what it has and what comes of it.
type command struct {
	std      Streams
	incoming *signals.Incoming
	code     int

	openFiles int // ours, for the arithmetic of limits; 0: not counted yet
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "supervise",
		Short: "Run a Procfile: on a laptop, as PID 1 of a container, and for one-offs",
		Long: `Supervise runs the processes of a Procfile: it reads .env, gives every instance
its PORT, runs N of each type, multiplexes their output, drains on SIGTERM,
restarts what crashed, and leaves nothing behind.`,
		Example: `  supervise start                   one of each type, until Ctrl-C
  supervise start web=2,worker=4
  supervise run migrate             a one-off, in the app's environment`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(c.std.In)
	root.SetOut(c.std.Out)
	root.SetErr(c.std.Err)
	root.SetHelpCommand(c.help(root))
	root.SetHelpFunc(c.helpFlag(root.HelpFunc()))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return flagError(cmd, err)
	})
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(root, args[0])
		}
		return cmd.Help()
	}
	root.Args = cobra.ArbitraryArgs
	for _, sub := range []*cobra.Command{
		c.start(), c.run(), c.check(), c.env(),
		c.ps(), c.logs(), c.restart(), c.stop(), c.scale(), c.signal(), c.attach(), c.reload(), c.wait(), c.down(),
		c.completion(), c.version(),
	} {
		root.AddCommand(sub)
	}
	return root
}

// help is "supervise help run", as people know it from other tools.
func (c *command) help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show what a command does and takes",
		Example: "  supervise help start",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, strings.Join(args, " "))
			}
			return cmd.Help()
		},
	}
}

// helpFlag is --help, before or behind a command. A command that there is not has none.
func (c *command) helpFlag(show func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		named := slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })
		if !cmd.HasParent() && named >= 0 {
			root := cmd
			if cmd, _, _ = root.Find(args[named:]); cmd == root {
				c.code = c.fail(unknownCommand(root, args[named]))
				return
			}
		}
		show(cmd, args)
	}
}

// problem is an error with an exit code of its own and, perhaps, advice. Without an error
// it is an end that needs no words, as by Ctrl-C.
type problem struct {
	code int
	err  error
	hint string
}

func (p *problem) Error() string { return fmt.Sprint(p.err) }
func (p *problem) Unwrap() error { return p.err }

// mistake is a problem with what the user wrote.
func mistake(hint, format string, args ...any) error {
	return &problem{exitMistake, fmt.Errorf(format, args...), hint}
}

// fail prints an error where it belongs and returns the exit code.
func (c *command) fail(err error) int {
	var ms procfile.Mistakes
	if errors.As(err, &ms) {
		c.printMistakes(ms)
		return exitMistake
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return c.failAll(joined.Unwrap())
	}
	p := &problem{code: exitFailure, err: err}
	errors.As(err, &p)
	if c.unread(err) {
		return 128 + int(syscall.SIGPIPE)
	}
	if p.err == nil {
		return p.code
	}
	fmt.Fprintf(c.std.Err, "supervise: %v\n", err)
	if p.hint != "" {
		fmt.Fprintf(c.std.Err, "  hint: %s\n", p.hint)
	}
	return p.code
}

// unread says that whoever reads our output has gone, as head does when it has seen enough.
// Others die of it without a word.
func (c *command) unread(err error) bool {
	var failed *os.PathError
	return errors.As(err, &failed) && failed.Path == c.std.Out.Name() && failed.Err == syscall.EPIPE
}

// failAll prints several errors; the first one decides the exit code.
func (c *command) failAll(errs []error) int {
	code := c.fail(errs[0])
	for _, err := range errs[1:] {
		c.fail(err)
	}
	return code
}

// printMistakes names supervise where no file is named.
func (c *command) printMistakes(ms procfile.Mistakes) {
	for _, m := range ms {
		if m.File == "" {
			fmt.Fprint(c.std.Err, "supervise: ")
		}
		fmt.Fprintln(c.std.Err, procfile.Mistakes{m})
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, sub := range root.Commands() {
		known = append(known, sub.Name())
	}
	hint := "supervise --help lists the commands"
	if near := procfile.Suggest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean supervise %s?", near)
	}
	return mistake(hint, "unknown command %q", name)
}

// flagError says what is wrong with a flag, and which one may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	hint := fmt.Sprintf("%s --help lists the flags", cmd.CommandPath())
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return mistake(hint, "--%s: %w", invalid.GetFlag().Name, cause(err))
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedName() == "version" {
		hint = "did you mean supervise version?"
	} else if errors.As(err, &unknown) {
		if near := procfile.Suggest(unknown.GetSpecifiedName(), flagNames(cmd)); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return mistake(hint, "%w", err)
}

func flagNames(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func (c *command) warn(format string, args ...any) {
	fmt.Fprintf(c.std.Err, "supervise: warning: "+format+"\n", args...)
}
