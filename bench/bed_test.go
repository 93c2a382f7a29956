package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestABuildThatFailsShowsWhatTheCompilerSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("go.mod", []byte("module empty\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(".")
	if err != nil {
		t.Fatal(err)
	}
	root, _ = filepath.Abs(root)
	want := "cannot build supervise: exit status 1\nno Go files in " + root
	if _, err := build(t.Context()); err == nil || err.Error() != want {
		t.Errorf("build of an empty module: %v, want %s", err, want)
	}
}

func TestABuildOutsideOfAModuleSaysWhereToGo(t *testing.T) {
	t.Chdir(t.TempDir())
	want := "cannot build supervise: no go.mod found, run this in a checkout of supervise"
	if _, err := build(t.Context()); err == nil || err.Error() != want {
		t.Errorf("build outside of a module: %v, want %s", err, want)
	}
}

// testBed is a bed with nothing under test.
func testBed(t *testing.T) bed {
	t.Helper()
	b, err := newBed(t.Context(), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.remove)
	return b
}
