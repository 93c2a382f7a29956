package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"supervise/procfile"
)

// settingsFile stands beside the Procfile and holds SUPERVISE_* variables.
const settingsFile = ".supervise.env"

const variablePrefix = "SUPERVISE_"

// variableOf is the environment variable of a flag: --stop-signal is SUPERVISE_STOP_SIGNAL.
func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// flagOf undoes variableOf.
func flagOf(variable string) string {
	name, _ := strings.CutPrefix(variable, variablePrefix)
	return "--" + strings.ToLower(strings.ReplaceAll(name, "_", "-"))
}

// fillFromEnvironment sets the flags that were not given from their variables.
func fillFromEnvironment(f *pflag.FlagSet, lookup func(string) (string, bool)) (ms procfile.Mistakes) {
	f.VisitAll(func(flag *pflag.Flag) {
		name := variableOf(flag.Name)
		value, ok := lookup(name)
		if flag.Name == "socket" && inside(lookup) {
			return
		}
		if !ok || value == "" || flag.Changed || flag.Name == "help" {
			return
		}
		if err := f.Set(flag.Name, value); err != nil {
			ms = append(ms, &procfile.Mistake{Problem: fmt.Sprintf("%s in the environment: %v", name, cause(err))})
		}
	})
	return ms
}

// almostSettings warns of variables that no flag has, but for a slip. Those that instances
// get are in nobody's way: a supervise may run below another.
func almostSettings(f *pflag.FlagSet, environ []string) (warnings []string) {
	flags := []string{"id", "instance"}
	f.VisitAll(func(flag *pflag.Flag) { flags = append(flags, flag.Name) })
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		flag := strings.TrimPrefix(flagOf(name), "--")
		if !isSetting(name) || strings.HasSuffix(name, "_PORT") || slices.Contains(flags, flag) {
			continue
		}
		if near := procfile.Suggest(flag, flags); near != "" {
			warnings = append(warnings, fmt.Sprintf("%s in the environment is not a setting: did you mean %s?", name, variableOf(near)))
		}
	}
	return warnings
}

// inside says that we run as, or below, an instance of another run: SUPERVISE_SOCKET is
// that one's then.
func inside(lookup func(string) (string, bool)) bool {
	_, ok := lookup(variablePrefix + "INSTANCE")
	return ok
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// fillFromFile sets the flags that neither the command line nor the environment have
// set from the settings file in dir, if there is one. Where are the lines that did.
func fillFromFile(f *pflag.FlagSet, dir string) (where map[string]place, ms procfile.Mistakes) {
	name := filepath.Join(dir, settingsFile)
	file, ms := procfile.LoadEnv(nil, procfile.EnvFile{Name: name})
	variables := file.Variables()
	slices.SortFunc(variables, func(a, b procfile.Variable) int { return cmp.Compare(a.Line, b.Line) })
	where = map[string]place{}
	for _, v := range variables {
		flag, m := fillOne(f, v)
		if m != nil {
			m.File, m.Line = v.Source, v.Line
			ms = append(ms, m)
		}
		if flag != "" {
			where[flag] = place{v.Source, v.Line}
		}
	}
	return where, ms
}

// elsewhere are the flags that say where the settings file is, so it cannot.
var elsewhere = []string{"procfile", "root", "name", "socket", "help"}

// fillOne returns the flag that it has set, or "".
func fillOne(f *pflag.FlagSet, v procfile.Variable) (flag string, m *procfile.Mistake) {
	var known []string
	var found *pflag.Flag
	f.VisitAll(func(flag *pflag.Flag) {
		if slices.Contains(elsewhere, flag.Name) {
			return
		}
		known = append(known, variableOf(flag.Name))
		if variableOf(flag.Name) == v.Name {
			found = flag
		}
	})
	if found == nil {
		return "", unknownSetting(v.Name, known)
	}
	if found.Changed || v.Value == "" {
		return "", nil
	}
	if err := f.Set(found.Name, v.Value); err != nil {
		return "", &procfile.Mistake{Problem: fmt.Sprintf("%s: %v", v.Name, cause(err))}
	}
	return found.Name, nil
}

func unknownSetting(name string, known []string) *procfile.Mistake {
	if slices.ContainsFunc(elsewhere, func(flag string) bool { return variableOf(flag) == name }) {
		return &procfile.Mistake{
			Problem: name + " cannot be set here",
			Hint:    "this file is looked for beside the Procfile; use " + flagOf(name) + ", or the variable in the environment",
		}
	}
	m := &procfile.Mistake{Problem: name + " is not a setting"}
	if near := procfile.Suggest(name, known); near != "" {
		m.Hint = "did you mean " + near + "?"
	} else if !strings.HasPrefix(name, variablePrefix) {
		m.Hint = "settings begin with SUPERVISE_; the app's config belongs in .env"
	}
	return m
}

// cause is what is wrong with a value, without pflag's own words around it.
func cause(err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		err = invalid.Unwrap()
	}
	var number *strconv.NumError
	if errors.As(err, &number) && number.Func == "ParseBool" {
		return fmt.Errorf("%q is not true or false", number.Num)
	}
	if number != nil {
		return fmt.Errorf("%q is not a number", number.Num)
	}
	return err
}
