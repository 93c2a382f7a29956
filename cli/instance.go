package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"supervise/procfile"
	"supervise/supervisor"
)

// Types that the manual treats apart: web gets the base port and is expected to
// listen; release gets no port and runs only when it is named.
const (
	webType     = "web"
	releaseType = "release"
)

// instance is one line of what will run.
type instance struct {
	id      supervisor.ID
	port    int // 0: none
	command procfile.Command
	own     []string // the variables that supervise adds, but for SUPERVISE_ID
}

// instances lays out the formation.
func (a *app) instances() (all []instance) {
	for _, id := range a.ids() {
		all = append(all, a.instance(id))
	}
	return all
}

// instance prepares one instance of a type, whether it is in the formation or not.
func (a *app) instance(id supervisor.ID) instance {
	i := a.entryless(id, a.plan.of(id))
	if entry, ok := a.file.Lookup(id.Type); ok {
		i.command = procfile.Words(entry.Command, a.lookup(i.own))
	}
	return i
}

// entryless prepares what is in no Procfile: all but the command.
func (a *app) entryless(id supervisor.ID, port int) instance {
	own := []string{"PS=" + id.String(), variablePrefix + "INSTANCE=" + id.String()}
	if port > 0 {
		own = append(own, "PORT="+strconv.Itoa(port))
	}
	return instance{id: id, port: port, own: own}
}

// share prepares what all instances have in common: the OS environment and config
// without what is meant for us, and the ports by which siblings find each other.
func (a *app) share() {
	a.siblings = a.siblingPorts()
	a.common = slices.DeleteFunc(a.config.Environ(), func(v string) bool { return withheld(nameOf(v)) })
}

func (a *app) siblingPorts() (vars []string) {
	seen := map[string]bool{} // of two types with one variable the first counts
	for _, name := range a.file.Types() {
		variable := portVariable(name)
		port := a.plan.first[name]
		if front := a.frontPort(); name == webType && front > 0 {
			port = front
		}
		if port > 0 && !seen[variable] {
			seen[variable] = true
			vars = append(vars, fmt.Sprintf("%s=%d", variable, port))
		}
	}
	return vars
}

// portVariable is the variable that tells siblings the port of a type.
func portVariable(processType string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(processType, "-", "_")) + "_PORT"
}

// lookup finds a variable as an instance with these variables of its own sees it.
func (a *app) lookup(own []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := find(own, name); ok {
			return value, true
		}
		if withheld(name) {
			return find(a.siblings, name)
		}
		return a.config.Lookup(name)
	}
}

func find(vars []string, name string) (value string, ok bool) {
	for _, v := range vars {
		if nameOf(v) == name {
			return v[len(name)+1:], true
		}
	}
	return "", false
}

// environment is what an instance gets: what all share, what is its own, and what
// stands before its command. Of a name that is there twice the last value counts, since
// programs differ in which of two they read.
func (a *app) environment(i instance, more ...string) []string {
	var own []string
	for _, v := range slices.Concat(i.own, more, i.command.Env) {
		own = append(without(own, nameOf(v)), v)
	}
	env := make([]string, 0, len(a.common)+len(a.siblings)+len(own))
	for _, vars := range [][]string{a.common, a.siblings} {
		for _, v := range vars {
			if _, ok := find(own, nameOf(v)); !ok {
				env = append(env, v)
			}
		}
	}
	return append(env, own...)
}

func without(vars []string, name string) []string {
	return slices.DeleteFunc(vars, func(v string) bool { return nameOf(v) == name })
}

// nameOf is the name of NAME=value.
func nameOf(v string) string {
	name, _, _ := strings.Cut(v, "=")
	return name
}

// withheld says that a variable is meant for supervise, not for the app.
func withheld(name string) bool {
	switch name {
	case "NOTIFY_SOCKET", "SYSTEMD_EXEC_PID":
		return true
	}
	return isSetting(name) || strings.HasPrefix(name, "WATCHDOG_") || strings.HasPrefix(name, "LISTEN_")
}

// isSetting says that a variable is in supervise's name space.
func isSetting(name string) bool { return strings.HasPrefix(name, variablePrefix) }
