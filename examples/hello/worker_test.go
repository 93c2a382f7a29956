package main

import (
	"slices"
	"syscall"
	"testing"
)

func TestWorkerFinishesItsJobBeforeItExits(t *testing.T) {
	t.Parallel()
	worker := start(t, "worker", "JOB_TIME=2s")
	worker.until("job 1: 20%")
	worker.cmd.Process.Signal(syscall.SIGTERM)
	want := []string{"job 1: 40%", "job 1: 60%", "job 1: 80%", "job 1: 100%", "job 1 finished, bye"}
	if rest, code := worker.end(); !slices.Equal(rest, want) || code != 0 {
		t.Errorf("worker ended with %q and exit code %d, want %q and 0", rest, code, want)
	}
}

// The counterpart: without the drain the job is lost.
func TestAKilledWorkerLosesItsJob(t *testing.T) {
	t.Parallel()
	worker := start(t, "worker", "JOB_TIME=3s")
	worker.until("job 1: 20%")
	worker.cmd.Process.Kill()
	if rest, code := worker.end(); len(rest) != 0 || code != -1 {
		t.Errorf("a killed worker ended with %q and exit code %d, want nothing and -1", rest, code)
	}
}

func TestWorkerRefusesAJobTimeItCannotRead(t *testing.T) {
	code, _, stderr := finish(t, "worker", "JOB_TIME=soon")
	want := "hello: cannot work: JOB_TIME is \"soon\", expected something like 1s\n"
	if code != 1 || stderr != want {
		t.Errorf("exit code %d, %q, want 1, %q", code, stderr, want)
	}
}
