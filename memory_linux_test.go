package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What a container pays for us: the whole of it, and what is not pages of the program's file.
const (
	mostResident  = 14 << 10 // kB
	mostAnonymous = 5 << 10
)

func TestPID1OfOneInstanceIsSmall(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to make a pid namespace")
	}
	s := prepare(t, "web: sleep 1000\n", "start")
	var err error
	if s.Path, err = exec.LookPath("unshare"); err != nil {
		t.Skip(err)
	}
	s.Args = append([]string{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child", build(t)}, s.Args[1:]...)
	s.start()
	s.waitForLines("started with pid", 1)
	var pid1 int
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", s.Process.Pid))
	fmt.Sscan(string(children), &pid1)
	rollup, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid1))
	resident, anonymous := kilobytes(rollup, "Rss"), kilobytes(rollup, "Anonymous")
	t.Logf("%d kB are resident, %d kB of them anonymous", resident, anonymous)
	if resident == 0 || resident > mostResident || anonymous > mostAnonymous {
		t.Errorf("%d kB are resident, %d kB of them anonymous; want at most %d and %d", resident, anonymous, mostResident, mostAnonymous)
	}
	if n := len(guardians(1)); n != 0 {
		t.Errorf("it has %d guardians, want none: the kernel does their work", n)
	}
}

// kilobytes reads a line of proc_pid_smaps(5).
func kilobytes(rollup []byte, name string) (n int) {
	_, after, _ := strings.Cut(string(rollup), "\n"+name+":")
	fmt.Sscan(after, &n)
	return n
}

func TestTwoHundredRelaunchesLeaveNothing(t *testing.T) {
	s := startObserved(t, "web: sh -c 'exit 1'\n", "--stable-after", "1us")
	const restarts = `supervise_instance_restarts_total{cause="exit",name="web.1",type="web"}`
	s.waitFor(restarts, atLeast(20))
	most := map[string]float64{}
	for _, series := range []string{"process_open_fds", "go_goroutines", "go_threads"} {
		figure, _ := s.figure(series)
		most[series] = figure + 20 // for what is just being launched
	}
	s.waitFor(restarts, atLeast(220))
	for series, limit := range most {
		s.waitFor(series, func(f float64) bool { return f > 0 && f <= limit })
	}
	s.stop()
}
