package cli

import (
	"errors"
	"fmt"

	"supervise/ports"
	"supervise/process"
)

// preflight finds out what would fail, before anything starts: commands that cannot be
// executed, ports that are taken. Warnings are for ports of types that are not expected
// to listen.
func (a *app) preflight(all []instance) (warnings []string, err error) {
	var errs []error
	looked := map[string]bool{}
	for _, i := range all {
		if looked[i.id.Type] {
			continue
		}
		looked[i.id.Type] = true
		if len(a.settings.afterOf(i.id.Type)) > 0 {
			continue // what it waits for may make its command
		}
		if err := a.lookUp(i); err != nil {
			errs = append(errs, err)
		}
	}
	warnings, err = a.checkPorts(all)
	if blind := process.Blind(); blind != nil {
		warnings = append(warnings, fmt.Sprintf("a process that leaves its instance's session cannot be followed: %v", blind))
	}
	return warnings, errors.Join(append(errs, err)...)
}

// lookUp says whether an instance's command can be executed.
func (a *app) lookUp(i instance) error {
	err := process.Check(process.Spec{Argv: i.command.Argv, Env: a.environment(i), Dir: a.root})
	if err == nil {
		return nil
	}
	p := &problem{code: process.ExitCode(err), err: fmt.Errorf("cannot start %s: %w", i.id, err), hint: hintOf(err)}
	if i.command.Shell {
		p.hint = "its command needs a shell (" + i.command.Why + ")"
	}
	return p
}

func (a *app) checkPorts(all []instance) (warnings []string, err error) {
	var errs []error
	for _, i := range all {
		if i.port == 0 || a.settings.ports.base.auto {
			continue
		}
		err := ports.Check(i.port)
		switch {
		case err == nil:
		case a.settings.listens(i.id.Type):
			errs = append(errs, &problem{
				code: exitFailure,
				err:  fmt.Errorf("cannot start %s: %w", i.id, err),
				hint: portHint(err),
			})
		default:
			warnings = append(warnings, fmt.Sprintf("%s: %v", i.id, err))
		}
	}
	return warnings, errors.Join(errs...)
}

// hintOf is the advice that comes with an error of process, or "".
func hintOf(err error) string {
	var e *process.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

func portHint(err error) string {
	var taken *ports.TakenError
	if !errors.As(err, &taken) {
		return "start at another base with --port"
	}
	return fmt.Sprintf("stop it, or start at another base with --port %d", otherBase(taken.Port))
}

// otherBase is a base to try: a thousand higher, the habit of those who run two apps.
func otherBase(port int) int {
	if port+1000 > 65000 {
		return 5000
	}
	return (port + 1000) / 100 * 100
}
