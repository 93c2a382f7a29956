package main

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// jobs are the programs that one script has in the background, by the names that it
// gave them.
type jobs map[string]*job

type job struct {
	*exec.Cmd
	ended chan struct{} // closed when ProcessState is known
}

type jobsKey struct{}

func jobsOf(ts *testscript.TestScript) jobs { return ts.Value(jobsKey{}).(jobs) }

// start runs a program with its output in files, where waitfor sees it grow.
func (j jobs) start(ts *testscript.TestScript, name string, argv []string) {
	// A script's environment is told to nobody but the programs that it runs.
	ts.Check(ts.Exec("env", "-0"))
	environment := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\x00"), "\x00")
	stdout, err := os.Create(ts.MkAbs(name + ".out"))
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(ts.MkAbs(name + ".err"))
	ts.Check(err)
	defer stderr.Close()
	started := &job{exec.Command(argv[0], argv[1:]...), make(chan struct{})}
	started.Dir, started.Env = ts.MkAbs("."), environment
	started.Stdout, started.Stderr = stdout, stderr
	ts.Check(started.Start())
	j[name] = started
	go func() {
		started.Wait() // how it ended is in its ProcessState
		close(started.ended)
	}()
}

// find gives the program of that name.
func (j jobs) find(ts *testscript.TestScript, name string) *job {
	job := j[name]
	if job == nil {
		ts.Fatalf("nothing called %s is in the background, but %q", name, slices.Sorted(maps.Keys(j)))
	}
	return job
}

// end kills what a script has left in the background, which is the script's mistake, and
// takes the census.
func (j jobs) end(t testing.TB, tag string) {
	for name, job := range j {
		if !job.hasEnded() {
			t.Errorf("%s was still running when the script ended", name)
			job.Process.Kill()
			<-job.ended
		}
	}
	census(t, tag)
}

func (j *job) hasEnded() bool {
	select {
	case <-j.ended:
		return true
	default:
		return false
	}
}
