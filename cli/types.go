package cli

import (
	"fmt"
	"slices"
	"strings"

	"supervise/procfile"
)

// What settings say of process types that the Procfile does not have is a mistake. Only
// where a settings file goes with another Procfile it is left out, and told.

// readFormation takes the arguments, else --formation.
func (a *app) readFormation(r request) procfile.Mistakes {
	args := r.formation
	if text := a.knownOf(a.settings.formation); len(args) == 0 && text != "" {
		args = []string{text}
	}
	counts, err := procfile.ParseCounts(args, a.knownTypes())
	if ms, ok := err.(procfile.Mistakes); ok {
		return ms
	}
	a.counts = counts
	return nil
}

// knownTypes are those of the Procfile, and those that its lines with mistakes may have
// been meant for: one mistake is to be told once.
func (a *app) knownTypes() []string {
	if a.settings.lax {
		return a.file.Types()
	}
	return append(a.file.Types(), a.file.Meant...)
}

// knownOf leaves out of a formation that is borrowed what the Procfile does not have.
func (a *app) knownOf(formation string) string {
	if _, borrowed := a.borrowed["formation"]; !borrowed {
		return formation
	}
	items := slices.DeleteFunc(strings.Split(formation, ","), func(item string) bool {
		name, _, _ := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		unknown := procfile.ValidType(name) && name != "all" && !slices.Contains(a.knownTypes(), name)
		if unknown {
			a.leaveOut("formation", name)
		}
		return unknown
	})
	return strings.Join(items, ",")
}

// checkTypes finds settings of types that the Procfile does not have.
func (a *app) checkTypes() (ms procfile.Mistakes) {
	known := a.knownTypes()
	for _, setting := range a.settings.named() {
		for _, name := range setting.types {
			if slices.Contains(known, name) {
				continue
			}
			if _, borrowed := a.borrowed[setting.flag]; borrowed {
				a.leaveOut(setting.flag, name)
				continue
			}
			m := &procfile.Mistake{Problem: fmt.Sprintf("--%s names %s, which is not in %s", setting.flag, name, a.file.Name)}
			if near := procfile.Suggest(name, known); near != "" {
				m.Hint = "did you mean " + near + "?"
			}
			ms = append(ms, m)
		}
	}
	return ms
}

// leaveOut tells of a type in a setting that is borrowed. Nobody asks for it.
func (a *app) leaveOut(flag, name string) {
	at := a.borrowed[flag]
	a.warnings = append(a.warnings, fmt.Sprintf("%s:%d: %s names %s, which is not in %s: left out",
		at.file, at.line, variableOf(flag), name, a.file.Name))
}

// warnAboutOrder tells of types that nobody has to wait for, since none of them is started.
func (a *app) warnAboutOrder() {
	for _, name := range a.file.Types() {
		for _, other := range a.settings.afterOf(name) {
			if n, known := a.counts[other]; known && n == 0 && a.counts[name] > 0 {
				a.warnings = append(a.warnings, fmt.Sprintf("%s does not wait for %s, as --after has it: the formation has no %s", name, other, other))
			}
		}
	}
}
