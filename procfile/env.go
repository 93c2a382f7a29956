package procfile

import (
	"maps"
	"slices"
	"strings"
)

// Environment is the [Variable.Source] of what was there before any file was read:
// the environment that supervise itself was started with.
const Environment = "environment"

// EnvFile names a .env file to read. FIFOs, as in "-e <(op inject …)", and
// /dev/null are fine; a file is read once.
type EnvFile struct {
	Name     string // a path, and what messages call the file
	Required bool   // it was asked for with -e: then a missing file is a mistake
}

// Variable is a name with the value that instances get, and where that came from.
type Variable struct {
	Name, Value string
	Source      string   // the file's name, or Environment
	Line        int      // in the file, from 1; 0 for Environment
	Overrides   []Origin // where else it was set and lost, the strongest first
}

// Origin is a place that set a variable.
type Origin struct {
	Source string // the file's name, or Environment
	Line   int    // from 1; 0 for Environment
}

// Config holds the variables of the environment and of the .env files. It does not
// change once it was loaded, so any goroutine may use it.
type Config struct {
	variables map[string]Variable
}

// LoadEnv reads .env files on top of environ, a list of KEY=value such as
// os.Environ gives. The environment beats the files, a later file beats an earlier
// one, a later line an earlier line.
//
// The grammar is that of github.com/joho/godotenv, except that $NAME and ${NAME}
// stand for what the instance will get: the environment's value, else the last one
// set above. What godotenv reads without complaint, but hardly as it was meant,
// is a mistake: see envScanner and expandReferences.
//
// Config is never nil: it holds all that could be read, whatever the mistakes.
func LoadEnv(environ []string, files ...EnvFile) (*Config, Mistakes) {
	c := &Config{variables: make(map[string]Variable, len(environ))}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			c.variables[name] = Variable{Name: name, Value: value, Source: Environment}
		}
	}
	var mistakes Mistakes
	for _, file := range files {
		mistakes = append(mistakes, c.loadFile(file)...)
	}
	return c, mistakes
}

// Lookup gives the value of a variable, and whether it is set; upper and lower case
// differ.
func (c *Config) Lookup(name string) (string, bool) {
	v, ok := c.variables[name]
	return v.Value, ok
}

// Variables gives all variables, sorted by name. The slice is the caller's.
func (c *Config) Variables() []Variable {
	return slices.SortedFunc(maps.Values(c.variables), func(a, b Variable) int {
		return strings.Compare(a.Name, b.Name)
	})
}

// Environ gives all variables as KEY=value, sorted by name, as os/exec wants them.
// The slice is the caller's.
func (c *Config) Environ() []string {
	environ := make([]string, 0, len(c.variables))
	for _, v := range c.Variables() {
		environ = append(environ, v.Name+"="+v.Value)
	}
	return environ
}

// set takes a variable from a file: into its place, or among what lost against the
// environment.
func (c *Config) set(name, value string, from Origin) {
	old, exists := c.variables[name]
	if old.Source == Environment {
		old.Overrides = slices.Insert(old.Overrides, 0, from)
		c.variables[name] = old
		return
	}
	v := Variable{Name: name, Value: value, Source: from.Source, Line: from.Line}
	if exists {
		v.Overrides = slices.Insert(old.Overrides, 0, Origin{old.Source, old.Line})
	}
	c.variables[name] = v
}
