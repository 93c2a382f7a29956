package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the import graph of our own packages. It is a statement of policy:
// change it only together with ARCHITECTURE.md.
var mayImport = map[string][]string{
	".":                 {"cli", "process", "signals"},
	"cli":               {"control", "metrics", "output", "ports", "process", "procfile", "proxy", "ready", "signals", "supervisor"},
	"procfile":          {},
	"ports":             {},
	"signals":           {},
	"process":           {"signals"},
	"ready":             {"ports"},
	"supervisor":        {},
	"output":            {},
	"control":           {"output", "supervisor"},
	"metrics":           {"output", "supervisor"},
	"proxy":             {},
	"output/outputtest": {"output"},
	"bench":             {},
	"examples/hello":    {},
}

// machineFiles decide, so they may import nothing that acts.
var (
	machineFiles   = []string{"life", "plan", "transitions", "effect", "input", "event", "state", "formation", "command", "backoff", "seams"}
	machineImports = []string{"errors", "fmt", "maps", "net/netip", "slices", "strconv", "strings", "syscall", "time"}
)

// owned are libraries that one package of ours keeps from all the others.
var owned = map[string]string{
	"github.com/prometheus/": "metrics",
	"google.golang.org/":     "metrics",
}

// Packages outside the product: they measure it, or are run by it.
var outside = []string{"bench", "examples/hello"}

// forbidden are calls and the packages that alone may make them.
var forbidden = map[string][]string{
	"os.Exit":              {"."},
	"fmt.Print":            {"."},
	"fmt.Println":          {"."},
	"fmt.Printf":           {"."},
	"os.StartProcess":      {"process"},
	"syscall.ForkExec":     {"process"},
	"syscall.Kill":         {"process"},
	"syscall.Wait4":        {"process"},
	"syscall.Exec":         {"process"},
	"unix.Kill":            {"process"},
	"unix.Wait4":           {"process"},
	"unix.Waitid":          {"process"},
	"unix.PidfdSendSignal": {"process"},
	"exec.Command":         {},

	// The default registry is a global that changes after start.
	"prometheus.MustRegister":      {},
	"prometheus.Register":          {},
	"prometheus.DefaultRegisterer": {},
	"promhttp.Handler":             {},
}

const maxLines = 300

// source is one parsed file.
type source struct {
	path, pkg string
	file      *ast.File
	lines     int
	test      bool
}

func sources(t *testing.T) (all []source) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{
			path: path, pkg: filepath.ToSlash(filepath.Dir(path)), file: f,
			lines: set.File(f.Pos()).LineCount(), test: strings.HasSuffix(path, "_test.go"),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (s source) imports() (paths []string) {
	for _, spec := range s.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, path)
	}
	return paths
}

// wrongImports lists the imports that a file may not have.
func wrongImports(s source) (wrong []string) {
	allowed, known := mayImport[s.pkg]
	if !known {
		return []string{"the package is not in mayImport"}
	}
	base := strings.TrimSuffix(filepath.Base(s.path), ".go")
	prefix, _, _ := strings.Cut(base, "_")
	machine := s.pkg == "supervisor" && slices.Contains(machineFiles, prefix)
	for _, path := range s.imports() {
		own, ours := strings.CutPrefix(path, "supervise/")
		switch {
		case ours && !slices.Contains(allowed, own) && own != s.pkg:
			wrong = append(wrong, path)
		case !mayUse(s.pkg, path):
			wrong = append(wrong, path)
		case path == "os/exec" && !slices.Contains(outside, s.pkg):
			wrong = append(wrong, path)
		case machine && !slices.Contains(machineImports, path):
			wrong = append(wrong, path)
		}
	}
	return wrong
}

func mayUse(pkg, path string) bool {
	for library, owner := range owned {
		if strings.HasPrefix(path, library) && pkg != owner {
			return false
		}
	}
	return true
}

func TestImportsFollowThePolicy(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, path := range wrongImports(s) {
			t.Errorf("%s: %s", s.path, path)
		}
	}
}

// TestThePolicyCanFail is the control of the test above.
func TestThePolicyCanFail(t *testing.T) {
	parse := func(path, src string) source {
		f, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		return source{path: path, pkg: filepath.Dir(path), file: f}
	}
	for src, path := range map[string]string{
		`package supervisor; import "supervise/output"`: "supervisor/loop.go",
		`package supervisor; import "os"`:               "supervisor/life_exit.go",
		`package ports; import "os/exec"`:               "ports/owner.go",
		`package cli; import "github.com/prometheus/a"`: "cli/metrics.go",
		`package util`: "util/util.go",
	} {
		if len(wrongImports(parse(path, src))) == 0 {
			t.Errorf("%s: %s is let through", path, src)
		}
	}
}

func TestOnlyTheRightPackagesAct(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || slices.Contains(outside, s.pkg) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			call := pkg.Name + "." + selector.Sel.Name
			if allowed, listed := forbidden[call]; listed && !slices.Contains(allowed, s.pkg) {
				t.Errorf("%s: %s", s.path, call)
			}
			return true
		})
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, at most %d", s.path, s.lines, maxLines)
		}
	}
}

func TestTestsDoNotSleep(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test || slices.Contains(s.imports(), "testing/synctest") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok && selector.Sel.Name == "Sleep" {
				t.Errorf("%s: %s.Sleep", s.path, selector.X)
			}
			return true
		})
	}
}
