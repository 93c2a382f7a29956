package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"supervise/process"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain makes the test binary every program that scripts run: supervise itself, with
// the race detector if the tests have it, and child, which plays the apps.
func TestMain(m *testing.M) {
	if process.Guard() {
		return
	}
	testscript.Main(m, map[string]func(){"supervise": main, "child": child, "server": server})
}

// TestScripts runs the stories of testdata/script, each in a folder of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setup,
		Cmds:                commands,
		Condition:           condition,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// setup gives a script an environment in which nothing depends on the machine: no
// ports but those that it asks for with freeport, no second's wait of the race
// detector at each exit. Its variable WORK is the tag by which the census finds what
// the script has left.
func setup(env *testscript.Env) error {
	env.Setenv("SUPERVISE_NO_PORT", "true")
	env.Setenv("GOTRACEBACK", "single")
	run := filepath.Join(env.WorkDir, ".run")
	if err := os.Mkdir(run, 0o700); err != nil {
		return err
	}
	env.Setenv("XDG_RUNTIME_DIR", run)
	env.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	jobs := jobs{}
	env.Values[jobsKey{}] = jobs
	t := env.T().(testing.TB)
	env.Defer(func() { jobs.end(t, "WORK="+env.WorkDir) })
	return nil
}

// condition knows [namespaces]: a program can be PID 1 here.
func condition(name string) (bool, error) {
	if name != "namespaces" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return exec.Command("unshare", "--pid", "--fork", "--mount-proc", "true").Run() == nil, nil
}
