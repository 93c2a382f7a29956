package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"supervise/control"
	"supervise/procfile"
	"supervise/signals"
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
	r.reloading.Lock()
	defer r.reloading.Unlock()
	old := r.app()
	a, fixed, err := r.readAgain(old)
	if err != nil {
		return control.ReloadResult{}, err
	}
	result := difference(old, a)
	result.Difference = append(result.Difference, fixed...)
	if len(result.Difference) == 0 {
		result.Difference = []string{"nothing has changed"}
	}
	running, _ := r.count("")
	if err := r.room(a, running+len(result.Added), running, 0); err != nil {
		return control.ReloadResult{}, fmt.Errorf("nothing is reloaded: %w", err)
	}
	err = r.sup.Do(ctx, supervisor.Adopt{
		Formation: a.formation(r.onTerminal()),
		Before:    func() { r.launcher.app.Store(a) },
	})
	if err == nil {
		go r.tellReload(result.Difference, a.warnings)
	}
	return result, err
}

// tellReload writes what has changed. It may wait for a slow reader; a reload does not.
func (r *run) tellReload(difference, warnings []string) {
	for _, line := range difference {
		r.say("reload", "reload: "+line)
	}
	for _, w := range warnings {
		r.say("warning", w)
	}
}

// readAgain reads all that start has read. Fixed are lines about settings that stay as they
// were, since only a new run can change them.
func (r *run) readAgain(old *app) (a *app, fixed []string, err error) {
	s, flags := newSettings(), pflag.NewFlagSet("start", pflag.ContinueOnError)
	s.register(flags)
	for _, g := range r.given {
		if err := flags.Set(g.name, g.value); err != nil {
			return nil, nil, err
		}
	}
	if s.procfile == "-" {
		return nil, nil, errors.New("cannot reload: the Procfile came from stdin")
	}
	if a, err = load(s, request{flags: flags, formation: r.args}, nil); err != nil {
		return nil, nil, fmt.Errorf("nothing is reloaded:\n%w", err)
	}
	fixed = fixedDifference(old.settings, s)
	s.keepFixed(old.settings)
	if ms := a.keepPorts(old); ms != nil {
		return nil, nil, fmt.Errorf("nothing is reloaded:\n%w", ms)
	}
	a.share()
	for _, name := range a.file.Types() {
		if a.counts[name] > 0 {
			if err := a.lookUp(a.instance(supervisor.ID{Type: name, N: 1})); err != nil {
				return nil, nil, fmt.Errorf("nothing is reloaded: %w", err)
			}
		}
	}
	return a, fixed, nil
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
			d.Difference = append(d.Difference, fmt.Sprintf("+ %s: %s%s", entry.Type, now.masked(entry.Command), idle(now.counts[entry.Type])))
			for n := range now.counts[entry.Type] {
				d.Added = append(d.Added, supervisor.ID{Type: entry.Type, N: n + 1}.String())
			}
			continue
		}
		if before.Command != entry.Command {
			d.Difference = append(d.Difference, fmt.Sprintf("~ %s: %s", entry.Type, now.masked(entry.Command)))
		}
		if is, was := now.settings.described(entry.Type), old.settings.described(entry.Type); is != was {
			d.Difference = append(d.Difference, fmt.Sprintf("~ %s: %s", entry.Type, changedParts(was, is)))
		}
		if now.fingerprint(entry.Type) != old.fingerprint(entry.Type) {
			d.Changed = append(d.Changed, entry.Type)
		}
	}
	return d
}

// idle says of a new type that the formation has none of it.
func idle(n int) string {
	if n > 0 {
		return ""
	}
	return " (0 instances)"
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
		switch value := procfile.MaskValue(v.Name, v.Value, now); {
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
		{"metrics", s.metrics.String()},
		{"pty", s.pty.value},
		{"log-format", s.logFormat.value},
		{"no-prefix", fmt.Sprint(s.noPrefix)},
		{"no-timestamp", fmt.Sprint(s.noTimestamp)},
		{"color", s.color.value},
		{"quiet", s.quiet.String()},
		{"tail", s.tail.String()},
	}
}

// keepFixed takes those settings over from another reading.
func (s *settings) keepFixed(old *settings) {
	s.ports, s.front, s.trustForwarded, s.metrics = old.ports, old.front, old.trustForwarded, old.metrics
	s.pty, s.logFormat, s.color, s.noPrefix, s.noTimestamp = old.pty, old.logFormat, old.color, old.noPrefix, old.noTimestamp
	s.quiet, s.tail = old.quiet, old.tail
}

// fingerprint stands for all that a launch of a type is made of: its command, config,
// port and settings. Siblings' ports are not part of it: a new type restarts nobody.
func (a *app) fingerprint(name string) string {
	entry, _ := a.file.Lookup(name)
	parts := []string{entry.Command, a.settings.launched(name), fmt.Sprint(a.plan.first[name])}
	sum := sha256.Sum256([]byte(strings.Join(append(parts, a.common...), "\x00")))
	return string(sum[:]) // and not the config itself, once for every type
}

// launched writes the settings of a type that a launch is made of: another value is there
// for the next launch only.
func (s *settings) launched(name string) string {
	ready := s.readyOf(name)
	return fmt.Sprintf("stop-signal %s, stop-mode %s, daemons %s, ready %s",
		signals.Name(s.stopSignal.of(name, syscall.SIGTERM)), s.stopMode.of(name, supervisor.StopMixed),
		leaveWord(s.daemons.of(name, false)), ready)
}

// described writes all the settings of a type. Those that are not launched count at once.
func (s *settings) described(name string) string {
	typ := s.processType(name, 0, false)
	return fmt.Sprintf("%s, restart %s, timeout %s, stable-after %s, give-up %d, exit-with %t, ready-timeout %s, after %s, max-unavailable %d, surge %t, drain-timeout %s",
		s.launched(name), typ.Restart, typ.Grace, typ.StableAfter, typ.GiveUp, typ.ExitWith, typ.ReadyTimeout,
		strings.Join(typ.After, "+"), typ.MaxUnavailable, typ.Surge, typ.DrainTimeout)
}

// changedParts are those parts of a list that are not in an earlier one.
func changedParts(was, is string) string {
	before := strings.Split(was, ", ")
	return strings.Join(slices.DeleteFunc(strings.Split(is, ", "), func(part string) bool {
		return slices.Contains(before, part)
	}), ", ")
}

func leaveWord(leave bool) string {
	if leave {
		return "leave"
	}
	return "stop"
}
