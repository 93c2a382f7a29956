package cli

import (
	"fmt"
	"slices"
	"strings"

	"supervise/procfile"
	"supervise/supervisor"
)

// readiness is a value of --ready.
type readiness struct {
	kind supervisor.ReadyKind
	path string // of ReadyHTTP
}

// String is the value as people write it.
func (r readiness) String() string {
	if r.kind == supervisor.ReadyHTTP {
		return "http:" + r.path
	}
	return r.kind.String()
}

func parseReady(s string) (readiness, error) {
	if path, ok := strings.CutPrefix(s, "http:"); ok {
		if !strings.HasPrefix(path, "/") {
			return readiness{}, fmt.Errorf("%q has no path: write http:/healthz", s)
		}
		return readiness{supervisor.ReadyHTTP, path}, nil
	}
	words := []string{"port", "notify", "alive", "done", "http:/PATH"}
	return oneOf(words, readiness{kind: supervisor.ReadyPort}, readiness{kind: supervisor.ReadyNotify},
		readiness{kind: supervisor.ReadyAlive}, readiness{kind: supervisor.ReadyDone})(s)
}

// parseAfter reads the types that one waits for: web+db.
func parseAfter(s string) ([]string, error) {
	names := strings.Split(s, "+")
	for _, name := range names {
		if !procfile.ValidType(name) {
			return nil, fmt.Errorf("%q is not a process type: write --after worker=web+db", name)
		}
	}
	return names, nil
}

// afterOf lists the types that must be ready before one is launched. What all types wait
// for does not wait for itself.
func (s *settings) afterOf(name string) []string {
	return slices.DeleteFunc(slices.Clone(s.after.of(name, nil)), func(other string) bool {
		return other == name && s.after.by[name] == nil
	})
}

// checkOrder finds types that wait for each other.
func (a *app) checkOrder() procfile.Mistakes {
	for _, name := range a.file.Types() {
		if circle := a.circle(name, nil); circle != nil {
			return procfile.Mistakes{{
				Problem: "--after goes in a circle: " + strings.Join(circle, " waits for "),
				Hint:    "one of them has to start first",
			}}
		}
	}
	return nil
}

// circle follows --after from a type and returns the way back to it, if there is one.
func (a *app) circle(name string, way []string) []string {
	if i := slices.Index(way, name); i >= 0 {
		return append(way[i:], name)
	}
	for _, other := range a.settings.afterOf(name) {
		if circle := a.circle(other, append(slices.Clip(way), name)); circle != nil {
			return circle
		}
	}
	return nil
}

// checkReady finds types that are to listen on a port which they do not get.
func (a *app) checkReady() (ms procfile.Mistakes) {
	for _, name := range a.file.Types() {
		if a.settings.listens(name) && (a.settings.ports.none || name == releaseType) {
			ms = append(ms, &procfile.Mistake{
				Problem: fmt.Sprintf("%s cannot get ready by its port: it gets none", name),
				Hint:    fmt.Sprintf("use --ready %s=alive, or another", name),
			})
		}
	}
	return ms
}

// readyOf is how a type gets ready: web by its port, others by staying alive.
func (s *settings) readyOf(name string) readiness {
	otherwise := readiness{kind: supervisor.ReadyAlive}
	if name == webType && !s.ports.none {
		otherwise.kind = supervisor.ReadyPort
	}
	return s.ready.of(name, otherwise)
}

// listens says that a type is expected to listen on its port.
func (s *settings) listens(name string) bool {
	kind := s.readyOf(name).kind
	return kind == supervisor.ReadyPort || kind == supervisor.ReadyHTTP
}

// restartOf is the policy of a type: a server that exits is down, whatever it says; what
// is to be done once is done; other types may end well.
func (s *settings) restartOf(name string) supervisor.RestartPolicy {
	otherwise := supervisor.RestartOnFailure
	switch kind := s.readyOf(name).kind; {
	case kind == supervisor.ReadyDone:
		otherwise = supervisor.RestartNever
	case kind != supervisor.ReadyAlive, name == webType:
		otherwise = supervisor.RestartAlways
	}
	return s.restart.of(name, otherwise)
}
