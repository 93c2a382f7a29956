package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// round is one formation and its end.
type round struct {
	*trial
	random *rand.Rand
	mark   string // an argument of those who hide their environment
}

func startRound(t *testing.T, random *rand.Rand, without ...string) *round {
	t.Helper()
	r := &round{prepare(t, "", "start", "--stop-budget", chaosBudget.String(), "--timeout", chaosGrace.String(),
		"--restart", []string{"always", "on-failure"}[random.IntN(2)], "--give-up", "0", "--quiet", "floods,floods-piped"), random, ""}
	r.mark = fmt.Sprintf("0.%d%09d", os.Getpid(), random.IntN(1e9))
	r.Env = append(r.Env, "MARK="+r.mark)
	r.Args = append(r.Args, populate(t, r.Dir, random, without...)...)
	r.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	t.Cleanup(func() {
		for _, pid := range marked(r.mark) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	r.start()
	return r
}

// rain waits until something runs and then, for a while, signals whom it hits.
func (r *round) rain() {
	r.waitForLines("started with pid", 1)
	sigs := []syscall.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGSEGV,
		syscall.SIGSTOP, syscall.SIGSTOP, syscall.SIGCONT, syscall.SIGUSR1,
	}
	heard := []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCHLD, syscall.SIGPIPE, syscall.SIGCONT}
	for range r.random.IntN(20) {
		r.pause(50 * time.Millisecond)
		r.send(heard[r.random.IntN(len(heard))])
		if all := tagged(r.tag()); len(all) > 0 {
			if hit := all[r.random.IntN(len(all))]; !runsOurProgram(hit, r.Process.Pid) {
				syscall.Kill(hit, sigs[r.random.IntN(len(sigs))])
			}
		}
	}
}

// survey waits for supervise's end, and finds out whom it has left.
func (r *round) survey(ends []string) {
	r.end(ends...)
	left := func() []int { return slices.Concat(tagged(r.tag()), marked(r.mark), guardians(r.Process.Pid)) }
	if !within(noOrphanAfter, func() bool { return len(left()) == 0 }) {
		r.t.Errorf("left behind: %s\n%s", commandLines(left()), r.said())
	}
	for _, wrong := range []string{"internal error", "cannot be killed"} {
		if r.lines(wrong) > 0 {
			r.t.Errorf("it says %q:\n%s", wrong, r.said())
		}
	}
}

// pause lets a random time pass.
func (r *round) pause(most time.Duration) { <-time.After(time.Duration(r.random.Int64N(int64(most)))) }

// waitForGuardian waits until it can be seen.
func (r *round) waitForGuardian() (pid int) {
	r.t.Helper()
	var all []int
	if !within(patience, func() bool { all = guardians(r.Process.Pid); return len(all) == 1 }) {
		r.t.Fatalf("it has %d guardians:\n%s", len(all), r.said())
	}
	return all[0]
}

// killGuardian waits until another is there.
func (r *round) killGuardian() {
	r.t.Helper()
	first := r.waitForGuardian()
	syscall.Kill(first, syscall.SIGKILL)
	r.waitForLines(fmt.Sprintf("the guardian (pid %d) was killed by SIGKILL and has been replaced", first), 1)
	if next := r.waitForGuardian(); next == first {
		r.t.Errorf("it lives on as pid %d", next)
	}
}

// guardians lists those of a supervise. They have nothing in their environment.
func guardians(pid int) []int {
	return whoSays("cmdline", fmt.Sprintf("(guardian)\x00%d\x00", pid))
}

// runsOurProgram is true of a child until it executes its own.
func runsOurProgram(pid, ours int) bool {
	its, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	program, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", ours))
	return err == nil && its == program
}

// marked lists the processes that have the argument.
func marked(argument string) []int { return whoSays("cmdline", "\x00"+argument+"\x00") }

// whoSays lists the processes whose file of that name in /proc has text in it.
func whoSays(file, text string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/" + file)
	for _, path := range files {
		content, _ := os.ReadFile(path)
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && bytes.Contains(content, []byte(text)) {
			pids = append(pids, pid)
		}
	}
	return pids
}
