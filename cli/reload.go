package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"supervise/control"
	"supervise/procfile"
	"supervise/supervisor"
)

// given is a flag as it stood on the command line.
type given struct{ name, value string }

// givenFlags must be read before variables are filled in.
func givenFlags(f *pflag.FlagSet) (all []given) {
	f.VisitAll(func(flag *pflag.Flag) { // Visit knows only what was set through f itself
		if flag.Changed {
			all = append(all, given{flag.Name, flag.Value.String()})
		}
	})
	return all
}

// reload reads everything again, as it was read at the start, and has the supervisor
// adopt it. A mistake touches nothing.
func (r *run) reload(ctx context.Context) (control.ReloadResult, error) {
	old := r.app()
	a, err := r.readAgain(old)
	if err != nil {
		return control.ReloadResult{}, err
	}
	result := difference(old, a)
	for _, line := range result.Difference {
		r.say("reload", "reload: "+line)
	}
	for _, w := range a.warnings {
		r.say("warning", w)
	}
	r.launcher.app.Store(a)
	return result, r.sup.Do(ctx, supervisor.Adopt{Formation: a.formation(r.onTerminal())})
}

func (r *run) readAgain(old *app) (*app, error) {
	s, flags := newSettings(), pflag.NewFlagSet("start", pflag.ContinueOnError)
	s.register(flags)
	for _, g := range r.given {
		if err := flags.Set(g.name, g.value); err != nil {
			return nil, err
		}
	}
	if s.procfile == "-" {
		return nil, errors.New("cannot reload: the Procfile came from stdin")
	}
	a, err := load(s, request{flags: flags, formation: r.args}, nil)
	if err != nil {
		return nil, fmt.Errorf("nothing is reloaded:\n%w", err)
	}
	a.keepPorts(old)
	a.share()
	for _, name := range a.file.Types() {
		if a.counts[name] > 0 {
			if err := a.lookUp(a.instance(supervisor.ID{Type: name, N: 1})); err != nil {
				return nil, fmt.Errorf("nothing is reloaded: %w", err)
			}
		}
	}
	return a, nil
}

// difference tells people what a reload changes, and clients what to wait for.
func difference(old, now *app) (d control.ReloadResult) {
	for _, name := range old.file.Types() {
		if _, ok := now.file.Lookup(name); !ok {
			d.Removed = append(d.Removed, name)
			d.Difference = append(d.Difference, fmt.Sprintf("- %s", name))
		}
	}
	d.Difference = append(d.Difference, configDifference(old.config, now.config)...)
	for _, entry := range now.file.Entries {
		before, ok := old.file.Lookup(entry.Type)
		if !ok {
			d.Difference = append(d.Difference, fmt.Sprintf("+ %s: %s", entry.Type, now.masked(entry.Command)))
			for n := range now.counts[entry.Type] {
				d.Added = append(d.Added, supervisor.ID{Type: entry.Type, N: n + 1}.String())
			}
			continue
		}
		if before.Command != entry.Command {
			d.Difference = append(d.Difference, fmt.Sprintf("~ %s: %s", entry.Type, now.masked(entry.Command)))
		}
		if is, was := now.settings.describe(entry.Type), old.settings.describe(entry.Type); is != was {
			d.Difference = append(d.Difference, fmt.Sprintf("~ settings of %s: %s", entry.Type, is))
		}
		if now.fingerprint(entry.Type) != old.fingerprint(entry.Type) {
			d.Changed = append(d.Changed, entry.Type)
		}
	}
	d.Difference = append(d.Difference, fixedDifference(old.settings, now.settings)...)
	if len(d.Difference) == 0 {
		d.Difference = []string{"nothing has changed"}
	}
	return d
}

// configDifference names the variables that changed, values masked.
func configDifference(old, now *procfile.Config) (lines []string) {
	was := map[string]string{}
	for _, v := range old.Variables() {
		was[v.Name] = v.Value
	}
	for _, v := range now.Variables() {
		before, ok := was[v.Name]
		delete(was, v.Name)
		switch value := procfile.MaskValue(v.Name, v.Value); {
		case !ok:
			lines = append(lines, fmt.Sprintf("+ %s=%s", v.Name, value))
		case before != v.Value:
			lines = append(lines, fmt.Sprintf("~ %s=%s", v.Name, value))
		}
	}
	for name := range was {
		lines = append(lines, "- "+name)
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
	return lines
}

// fixedDifference names the settings that only a new run can change.
func fixedDifference(old, now *settings) (lines []string) {
	was, is := old.fixed(), now.fixed()
	for i, setting := range is {
		if was[i] != setting {
			lines = append(lines, fmt.Sprintf("! --%s cannot change while supervise runs: it stays %q", setting.name, was[i].value))
		}
	}
	return lines
}

// fixed lists the settings that are read only at the start.
func (s *settings) fixed() []given {
	return []given{
		{"port", s.ports.base.String()},
		{"port-step", s.ports.step.String()},
		{"no-port", fmt.Sprint(s.ports.none)},
		{"front", s.front.String()},
		{"trust-forwarded", s.trustForwarded.value},
		{"log-format", s.logFormat.value},
		{"no-prefix", fmt.Sprint(s.noPrefix)},
		{"no-timestamp", fmt.Sprint(s.noTimestamp)},
		{"color", s.color.value},
		{"quiet", s.quiet.String()},
		{"tail", s.tail.String()},
	}
}

// fingerprint stands for all that a launch of a type is made of: its command, config,
// port and settings. Siblings' ports are not part of it: a new type restarts nobody.
func (a *app) fingerprint(name string) string {
	entry, _ := a.file.Lookup(name)
	parts := []string{entry.Command, a.settings.describe(name), fmt.Sprint(a.plan.first[name])}
	for _, v := range a.shared[:len(a.shared)-len(a.siblings)] {
		parts = append(parts, v)
	}
	return strings.Join(parts, "\x00")
}

// describe writes the settings of a type that make a launch what it is.
func (s *settings) describe(name string) string {
	ready := s.readyOf(name)
	return fmt.Sprintf("restart %s, stop-mode %d, stop-signal %d, timeout %s, daemons %t, ready %d%s",
		s.restartOf(name), s.stopMode.of(name, supervisor.StopMixed), s.stopSignal.of(name, syscall.SIGTERM),
		shortDuration(s.timeout.of(name, defaultGrace)), s.daemons.of(name, false), ready.kind, ready.path)
}
