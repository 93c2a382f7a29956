package main

import (
	"runtime"
	"strconv"
	"sync"
	"testing"
)

func TestRunPassesOnEveryExitCode(t *testing.T) {
	codes := make(chan string)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for code := range codes {
				cmd := superviseIn(t, "", "run", "sh", "-c", "exit "+code)
				if err := cmd.Run(); cmd.ProcessState == nil {
					t.Error(err)
				} else if got := ending(cmd.ProcessState); got != code {
					t.Errorf("exit %s: run ended with %s", code, got)
				}
			}
		})
	}
	for code := range 256 {
		codes <- strconv.Itoa(code)
	}
	close(codes)
	all.Wait()
}

// Run is the command, so that its parent, a shell or systemd, sees its very death.
func TestRunDiesOfTheSignalThatKilledTheCommand(t *testing.T) {
	for _, sig := range []string{"SIGHUP", "SIGINT", "SIGTERM", "SIGKILL", "SIGPIPE", "SIGUSR1"} {
		cmd := superviseIn(t, "", "run", "sh", "-c", "kill -s "+sig[3:]+" $$")
		cmd.Run() // how it ended is in its ProcessState
		if got := ending(cmd.ProcessState); got != sig {
			t.Errorf("run ended with %s, want %s", got, sig)
		}
	}
}
