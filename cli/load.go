package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"supervise/procfile"
	"supervise/supervisor"
)

// app is all that was read of one app.
type app struct {
	settings *settings
	root     string // absolute
	file     *procfile.File
	counts   procfile.Counts // of every type; nil if there was a mistake in it
	config   *procfile.Config
	plan     portPlan
	common   []string // variables that all instances have: the OS' and config
	siblings []string // and those that tell siblings' ports
	warnings []string

	// borrowed are the settings that come from a settings file beside this Procfile that
	// goes with another one, the one of the usual name, and where they stand there.
	borrowed map[string]place
}

// usualProcfile is the name of a Procfile that nobody has named.
const usualProcfile = "Procfile"

// request says which part of an app a command needs.
type request struct {
	flags     *pflag.FlagSet // all of start's, whichever of them the command shows
	formation []string       // the arguments that say which types and how many
	optional  bool           // a missing Procfile is fine, unless it was asked for

	anyFormation bool // how many of each type does not matter
}

// load reads everything and reports every mistake at once. What could be read is
// returned with them.
func load(s *settings, r request, stdin io.Reader) (*app, error) {
	twice := len(r.formation) > 0 && r.flags.Changed("formation")
	ms := fillFromEnvironment(r.flags, os.LookupEnv)
	if twice {
		ms = append(ms, &procfile.Mistake{
			Problem: fmt.Sprintf("the formation is given twice: by -m %s and by the arguments", s.formation),
			Hint:    "say it once",
		})
	}
	a := &app{settings: s, warnings: almostSettings(r.flags, os.Environ())}
	name, ms2 := a.locate(s.sources)
	if ms2 != nil {
		return nil, append(ms, ms2...)
	}
	where, ms3 := fillFromFile(r.flags, filepath.Dir(name))
	if filepath.Base(name) != usualProcfile {
		a.borrowed = where
	}
	ms = append(ms, ms3...)
	ms = append(ms, a.readProcfile(name, r, stdin)...)
	ms = append(ms, a.readConfig()...)
	if len(a.file.Entries) > 0 {
		if !r.anyFormation {
			ms = append(ms, a.readFormation(r)...)
		}
		unknown := a.checkTypes()
		ms = append(ms, unknown...)
		if unknown == nil {
			ms = append(ms, a.checkOrder()...)
			ms = append(ms, a.checkReady()...)
			ms = append(ms, a.checkFront()...)
		}
		a.warnAboutOrder()
		a.warnAboutNames()
		a.warnAboutGrace()
	}
	ms = append(ms, a.planPorts()...)
	ms = append(ms, a.checkAddresses()...)
	a.share()
	return a, ms.Err()
}

// locate finds the Procfile and the root.
func (a *app) locate(s sources) (name string, ms procfile.Mistakes) {
	name, root := s.procfile, s.root
	switch {
	case name == "" && root == "":
		name, root = usualProcfile, "."
	case name == "":
		name = filepath.Join(root, usualProcfile)
	case root == "" && name == "-":
		root = "."
	case root == "":
		root = filepath.Dir(name)
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", procfile.Mistakes{{Problem: nowhere(err), Hint: "enter one that is there, or name it with -d"}}
	}
	err = isDir(abs)
	if err != nil && s.root == "" {
		_, ms := procfile.Read(name, nil)
		return "", ms
	}
	if err != nil {
		return "", procfile.Mistakes{{File: root, Problem: err.Error(), Hint: "-d wants the folder that the app's commands run in"}}
	}
	a.root = abs
	return name, nil
}

// nowhere says why the current folder has no path.
func nowhere(err error) string {
	if os.IsNotExist(err) {
		return "the current folder has been deleted"
	}
	return fmt.Sprintf("cannot find out where the current folder is: %v", err)
}

func isDir(path string) error {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("no such folder")
	case err != nil:
		return err.(*os.PathError).Err
	case !info.IsDir():
		return fmt.Errorf("is not a folder")
	}
	return nil
}

func (a *app) readProcfile(name string, r request, stdin io.Reader) procfile.Mistakes {
	if r.optional && a.settings.procfile == "" {
		if _, err := os.Stat(name); os.IsNotExist(err) {
			a.file = &procfile.File{Name: name}
			return nil
		}
	}
	file, ms := procfile.Read(name, stdin)
	a.file = file
	if a.settings.lax && len(file.Entries) > 0 {
		for _, m := range ms {
			a.warnings = append(a.warnings, m.Error()+": line skipped")
		}
		return nil
	}
	return ms
}

func (a *app) readConfig() procfile.Mistakes {
	var files []procfile.EnvFile
	switch {
	case a.settings.noEnv:
	case len(a.settings.env) > 0:
		for _, name := range a.settings.env {
			files = append(files, procfile.EnvFile{Name: name, Required: true})
		}
	default:
		files = append(files, procfile.EnvFile{Name: relative(filepath.Join(a.root, ".env"))})
	}
	config, ms := procfile.LoadEnv(os.Environ(), files...)
	a.config = config
	for _, v := range config.Variables() {
		if isSetting(v.Name) && v.Source != procfile.Environment {
			a.warnings = append(a.warnings, fmt.Sprintf("%s:%d: %s is a setting of supervise, which has no effect here and is not passed on: it belongs in %s",
				v.Source, v.Line, v.Name, settingsFile))
		}
	}
	return ms
}

// warnAboutNames tells of types whose ports siblings cannot tell apart.
func (a *app) warnAboutNames() {
	seen := map[string]string{}
	for _, name := range a.file.Types() {
		variable := portVariable(name)
		if other, ok := seen[variable]; ok {
			a.warnings = append(a.warnings, fmt.Sprintf("%s and %s share the variable %s, which tells the port of %s", other, name, variable, other))
			continue
		}
		seen[variable] = name
	}
}

// warnAboutGrace tells of grace periods that the stop budget cuts.
func (a *app) warnAboutGrace() {
	budget := supervisor.Formation{StopBudget: time.Duration(a.settings.stopBudget)}.GraceBudget()
	for _, name := range a.file.Types() {
		grace := a.settings.timeout.of(name, defaultGrace)
		if budget > 0 && grace > budget && a.counts[name] > 0 {
			a.warnings = append(a.warnings, fmt.Sprintf("the grace period of %s is cut from %s to %s by --stop-budget %s",
				name, shortDuration(grace), shortDuration(budget), shortDuration(time.Duration(a.settings.stopBudget))))
		}
	}
}

// relative shortens a path for people, where it lies below the current folder.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
