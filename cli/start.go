package cli

import (
	"errors"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"supervise/control"
	"supervise/output"
	"supervise/process"
)

// outputAtEnd is how long output may take after the last instance is gone.
const outputAtEnd = time.Second

func (c *command) start() *cobra.Command {
	s, flags := newSettings(), pflag.NewFlagSet("start", pflag.ContinueOnError)
	s.register(flags)
	cmd := &cobra.Command{
		Use:   "start [TYPE[=N]]...",
		Short: "Run the formation in the foreground",
		Long: `Start runs the formation until everything has ended, or until it is told to stop:
by Ctrl-C or SIGTERM it drains, by a second Ctrl-C it kills. Without arguments it
runs one instance of every type but release.

Flags marked * take VALUE for all types, or TYPE=VALUE[,TYPE=VALUE], or both:
--timeout 8s,worker=30s. Every flag can be set by a variable (--stop-signal is
SUPERVISE_STOP_SIGNAL), in the environment or in .supervise.env beside the Procfile.`,
		Example: `  supervise start
  supervise start web=2,worker=4
  supervise start all=1,web=3 --port 8000 --timeout worker=30s`,
		RunE: func(cmd *cobra.Command, args []string) error {
			code, err := c.runFormation(s, flags, args)
			c.code = code
			return err
		},
		ValidArgsFunction: completeTypes(s, "="),
	}
	cmd.Flags().AddFlagSet(flags)
	return cmd
}

// runFormation is start: read, check, run, and bring the last lines out.
func (c *command) runFormation(s *settings, flags *pflag.FlagSet, args []string) (int, error) {
	// A fork holds its processor until the child has executed (golang/go#5838); with one
	// processor nobody would hear a signal meanwhile.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))

	given := givenFlags(flags)
	a, err := load(s, request{flags: flags, formation: args}, c.std.In)
	if err != nil {
		return 0, err
	}
	socket, err := control.Listen(control.Where{Root: a.root, Name: s.name, Socket: s.socket})
	if err != nil {
		return 0, explainSocket(err)
	}
	defer socket.Close()
	r := &run{command: c, given: given, args: args, socket: socket, hadTerminal: hasTerminal()}
	if r.observer, err = r.openMetrics(s); err != nil { // its port is no instance's
		return 0, err
	}
	all := a.instances()
	warnings, err := a.preflight(all)
	if err := errors.Join(err, c.room(a, len(all), 0, process.OwnThreads())); err != nil {
		return 0, err
	}
	look := c.look(s, all)
	r.terminals = c.terminals(s, look)
	r.mux = output.NewMux(output.Options{
		Sinks:     []output.Sink{c.sink(s, look)},
		Taps:      r.taps(),
		TailBytes: int(s.tail),
		Quiet:     s.quiet.names,
		SinkDied:  func(err error) { go c.warn("the output ends, the instances go on: %v", err) },
		SinkFull:  func(err error) { go c.warn("output is lost until there is space again, the instances go on: %v", err) },
	})
	for _, w := range append(a.warnings, warnings...) {
		r.opening = append(r.opening, "warning: "+w)
	}
	return r.supervise(a)
}

func (c *command) sink(s *settings, look output.TextOptions) output.Sink {
	if s.logFormat.value == "json" {
		return output.NewJSON(c.std.Out)
	}
	return output.NewText(c.std.Out, look)
}

// look is how text looks.
func (c *command) look(s *settings, all []instance) output.TextOptions {
	var names []string
	for _, i := range all {
		names = append(names, i.id.String())
	}
	look := output.TextOptions{
		Terminal:  c.onTerminal(),
		Color:     colored(s.color.value, c.onTerminal()),
		Prefix:    !s.noPrefix,
		Timestamp: !s.noTimestamp,
		Names:     names,
	}
	if look.Terminal && os.Getenv("TERM") != "dumb" { // a dumb one cannot erase
		look.Columns = c.columns
	}
	return look
}

// onTerminal says that our stdout is a terminal.
func (c *command) onTerminal() bool { return term.IsTerminal(int(c.std.Out.Fd())) }

// colored follows --color, then NO_COLOR (no-color.org) and FORCE_COLOR, then the
// terminal.
func colored(flag string, terminal bool) bool {
	switch {
	case flag != "auto":
		return flag == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("FORCE_COLOR") != "":
		return os.Getenv("FORCE_COLOR") != "0"
	default:
		return terminal && os.Getenv("TERM") != "dumb"
	}
}
