package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"supervise/procfile"
)

// perType is a setting that may differ by process type: VALUE for all, or
// TYPE=VALUE[,TYPE=VALUE], or both, as in "8s,worker=30s". The first = splits; what
// stands before it has to look like a type, so that "http:/ready?for=lb" is a value.
// It is a pflag.Value; said again, what is said last counts.
type perType[T any] struct {
	parse   func(string) (T, error)
	metavar string
	text    []string
	all     *T
	by      map[string]T
}

func newPerType[T any](metavar string, parse func(string) (T, error)) *perType[T] {
	return &perType[T]{parse: parse, metavar: metavar, by: map[string]T{}}
}

// of is the value for a type: its own, else the one for all, else the default.
func (p *perType[T]) of(processType string, otherwise T) T {
	if v, ok := p.by[processType]; ok {
		return v
	}
	if p.all != nil {
		return *p.all
	}
	return otherwise
}

// Set reads one flag or variable.
func (p *perType[T]) Set(s string) error {
	for item := range strings.SplitSeq(s, ",") {
		name, value, split := strings.Cut(item, "=")
		if !split || !procfile.ValidType(name) {
			name, value = "", item
		}
		v, err := p.parse(value)
		if err != nil {
			return err
		}
		if name == "" {
			p.all = &v
		} else {
			p.by[name] = v
		}
	}
	p.text = append(p.text, s)
	return nil
}

// String is what was set, for --help and messages.
func (p *perType[T]) String() string {
	if p == nil {
		return ""
	}
	return strings.Join(p.text, ",")
}

// Type is the placeholder in --help.
func (p *perType[T]) Type() string { return p.metavar }

// types are the process types that it names, in order.
func (p *perType[T]) types() []string { return slices.Sorted(maps.Keys(p.by)) }

// list is a setting that names process types: TYPE[,TYPE].
type list struct{ names []string }

// Set reads one flag or variable.
func (l *list) Set(s string) error {
	for name := range strings.SplitSeq(s, ",") {
		if !procfile.ValidType(name) {
			return fmt.Errorf("%q is not a process type", name)
		}
		l.names = append(l.names, name)
	}
	return nil
}

func (l *list) String() string {
	if l == nil {
		return ""
	}
	return strings.Join(l.names, ",")
}

// Type is the placeholder in --help.
func (l *list) Type() string { return "TYPE[,TYPE]" }

func (l *list) has(name string) bool { return slices.Contains(l.names, name) }
