package main

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// TestSIGKILLAtAnyMomentLeavesNothing kills supervise, or its whole group, in its first
// hundredths of a second: before the first launch, in the middle of a fork, while the
// guardian executes its program. The next supervise does not have to wait.
func TestSIGKILLAtAnyMomentLeavesNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("leaders alone are ended by the kernel, and only Linux's does it")
	}
	program := build(t)
	const procfile = `pipe: sh -c 'sleep 1000 | sleep 1000'
deep: sh -c "sh -c 'sleep 1000 & sleep 1000; :' & wait"
gone: setsid sh -c 'sleep 1000 & sleep 1000; :' & sleep 1000; :
`
	whom := 1 // -1 is the group
	for delay := time.Duration(0); delay <= 15*time.Millisecond; delay += 300 * time.Microsecond {
		s := prepare(t, procfile, "start", "all=3")
		s.Path, s.SysProcAttr = program, &syscall.SysProcAttr{Setpgid: true}
		s.start()
		<-time.After(delay)
		syscall.Kill(whom*s.Process.Pid, syscall.SIGKILL)
		whom = -whom
		next := prepare(t, "", "start", "pipe")
		next.Path, next.Dir = program, s.Dir
		next.start()
		next.waitForLines("started with pid", 1)
		next.send(syscall.SIGTERM)
		next.end("0")
		s.end("SIGKILL")
		census(t, s.tag())
	}
}
