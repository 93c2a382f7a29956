package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Without this the census might find nobody because it looks for nobody.
func TestTheCensusFindsWhatIsLeft(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	cmd := exec.Command("child", "hold")
	tag := "WORK=" + t.TempDir()
	cmd.Env = append(os.Environ(), tag)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := tagged(tag)
	cmd.Process.Kill()
	cmd.Wait()
	if !slices.Equal(found, []int{cmd.Process.Pid}) {
		t.Errorf("found %v, want the child, pid %d", found, cmd.Process.Pid)
	}
	if left := tagged(tag); left != nil {
		t.Errorf("found %v after its end", left)
	}
}

// noOrphanAfter is how long after the end of supervise something that it started may
// still be alive, in whatever way it ended.
const noOrphanAfter = 2 * time.Second

// census finds out that a test has left no process: none has tag, a NAME=value that
// nobody else's has, in its environment. Who is found is killed.
func census(t testing.TB, tag string) {
	t.Helper()
	if !t.Failed() && !within(noOrphanAfter, func() bool { return len(tagged(tag)) == 0 }) {
		t.Errorf("left behind: %s", commandLines(tagged(tag)))
	}
	for left := tagged(tag); len(left) > 0; left = tagged(tag) {
		for _, pid := range left {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// tagged lists the processes that have tag in their environment. A zombie has none, and
// without a /proc there are no processes to be found.
func tagged(tag string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+tag+"\x00")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func commandLines(pids []int) string {
	var lines []string
	for _, pid := range pids {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // gone meanwhile
		lines = append(lines, fmt.Sprintf("pid %d (%s)", pid, bytes.ReplaceAll(line, []byte{0}, []byte(" "))))
	}
	return strings.Join(lines, ", ")
}

// within polls a condition until it holds, and says whether it did in that time.
func within(limit time.Duration, holds func() bool) bool {
	deadline := time.After(limit)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			return false
		case <-tick.C:
		}
	}
	return true
}
