package cli

import (
	"context"
	"errors"
	"net/http"
	"syscall"

	"github.com/spf13/cobra"

	"supervise/control"
)

func (c *command) attach() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attach INSTANCE",
		Short: "Put your terminal on an instance's, to use a debugger prompt",
		Long: `Attach shows what an instance has just written and what it writes, and types what you
type: pdb, irb, node inspect and editors work as on a terminal of their own. It stays
over restarts, and ends with the instance's exit code when the instance has ended for
good. The output of supervise goes on as ever. One at a time can be attached.

  Ctrl-] d       detaches: the instance goes on
  Ctrl-] Ctrl-Z  suspends attach, fg resumes it
  Ctrl-] Ctrl-]  types a Ctrl-]

Ctrl-C, Ctrl-\ and Ctrl-Z go to the instance, as the signals that they are on a terminal.
If stdin is no terminal it is typed as it is, and at its end attach detaches.`,
		Example: `  supervise attach web.1
  supervise attach web              the only instance of web
  echo continue | supervise attach web.1`,
		Args: oneInstance,
	}
	t := newTarget(cmd)
	cmd.ValidArgsFunction = completeOneInstance(t)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		s := &screen{std: c.std}
		heed := map[syscall.Signal]func(){
			syscall.SIGWINCH: s.resize, syscall.SIGTSTP: s.suspend, syscall.SIGCONT: s.resume,
		}
		return c.heeding(heed, func(ctx context.Context) error {
			client, err := t.dial(ctx)
			if err != nil {
				return err
			}
			defer client.Close()
			go usualSilence.forever().watch(ctx, client, s.warn)
			return c.attachTo(ctx, client, args[0], s)
		})
	}
	return cmd
}

func oneInstance(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return mistake(cmd.CommandPath()+" INSTANCE", "attach wants the name of one instance")
	}
	return nil
}

// attachTo joins two terminals until one of them is done.
func (c *command) attachTo(ctx context.Context, client *control.Client, name string, s *screen) error {
	columns, rows := s.size()
	a, err := client.Attach(ctx, name, control.AttachOptions{TTY: s.name(), Columns: columns, Rows: rows})
	if err != nil {
		return explainAttach(err)
	}
	defer a.Close()
	if err := s.begin(a); err != nil {
		return err
	}
	go s.typeTo(a)
	end, err := s.follow(a)
	s.end()
	if err == nil {
		s.say(end.Reason)
		c.code = end.Code
	}
	return err
}

// explainAttach adds what to do about somebody who is attached.
func explainAttach(err error) error {
	var refused *control.Error
	if errors.As(err, &refused) && refused.Status == http.StatusLocked {
		return &problem{exitFailure, err, "Ctrl-] d there gives it back, and so does the end of that process"}
	}
	return err
}
