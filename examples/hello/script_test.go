package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// bin/hello must be right when a whole formation starts it at once in a fresh clone.
func TestTheScriptBuildsTheAppForAllThatStartAtOnce(t *testing.T) {
	dir := freshClone(t)
	outputs := make([]string, 4)
	var all sync.WaitGroup
	for i := range outputs {
		all.Go(func() { outputs[i] = runScript(t, dir) })
	}
	all.Wait()
	for i, output := range outputs {
		if !strings.HasSuffix(output, "release: done\n") {
			t.Errorf("start %d of 4 printed %q", i+1, output)
		}
	}
	if left, _ := filepath.Glob(dir + "/tmp/hello.*"); left != nil {
		t.Errorf("the builds left %q", left)
	}

	if output := runScript(t, dir); strings.Contains(output, "building") {
		t.Errorf("with nothing changed the script built again: %q", output)
	}
	source := filepath.Join(dir, "oneoff.go")
	text, _ := os.ReadFile(source)
	write(t, source, strings.Replace(string(text), "release: done", "release: changed", 1), 0o644)
	if output := runScript(t, dir); !strings.HasSuffix(output, "release: changed\n") {
		t.Errorf("after a change of a source the script ran the old app: %q", output)
	}
}

func TestTheScriptFailsWhenTheAppCannotBeBuilt(t *testing.T) {
	dir := freshClone(t)
	write(t, filepath.Join(dir, "broken.go"), "package main\n\nvar _ = nothing\n", 0o644)
	output, err := exec.CommandContext(t.Context(), filepath.Join(dir, "bin/hello"), "release").CombinedOutput()
	if err == nil || !strings.Contains(string(output), "undefined: nothing") {
		t.Errorf("the script ended with %v, output %q", err, output)
	}
	if left, _ := filepath.Glob(dir + "/tmp/hello*"); left != nil {
		t.Errorf("a failed build left %q", left)
	}
}

// freshClone copies the app to a folder without a build.
func freshClone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob("*.go")
	for _, name := range append(sources, "bin/hello") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text), 0o755)
	}
	write(t, filepath.Join(dir, "go.mod"), "module hello\n\ngo 1.26\n", 0o644)
	return dir
}

func runScript(t *testing.T, dir string) string {
	output, err := exec.CommandContext(t.Context(), filepath.Join(dir, "bin/hello"), "release").CombinedOutput()
	if err != nil {
		t.Errorf("cannot run bin/hello release: %v, output %q", err, output)
	}
	return string(output)
}

func write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
