package process

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	roles["shell"] = shellRole
	roles["suspender"] = suspender
}

// shellRole runs a role as a shell with job control runs a command: in a group of its own.
// It says when the job stops, and at SIGUSR1 continues it.
func shellRole(args []string) {
	fg := make(chan os.Signal, 1)
	signal.Notify(fg, syscall.SIGUSR1)
	job := fork(role(args[0], args[1:]...), &syscall.SysProcAttr{Setpgid: true}, os.Environ())
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(job, &status, syscall.WUNTRACED, nil); err == syscall.EINTR {
			continue
		}
		if !status.Stopped() {
			return
		}
		fmt.Println("stopped by", status.StopSignal())
		<-fg
		syscall.Kill(-job, syscall.SIGCONT)
	}
}

// suspender launches args so many times, suspends itself at SIGTSTP, and ends at SIGTERM.
func suspender(args []string) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGTSTP, syscall.SIGTERM)
	var times, launched int
	fmt.Sscan(args[0], &times)
	t, err := New(func(e Event) {
		if launched++; launched == times {
			fmt.Println("all are launched")
		}
	})
	if err != nil {
		panic(err)
	}
	for n := range times {
		t.Launch(Key{"web", n}, Spec{Argv: args[1:], Env: os.Environ(), Stdout: os.Stdout, ID: os.Getenv("SUPERVISE_ID")})
	}
	fmt.Println("table", os.Getpid())
	for sig := range heard {
		if sig == syscall.SIGTERM {
			break
		}
		fmt.Println("continued", t.Suspend())
	}
	t.Close(time.Now().Add(patience))
}

// suspended waits until all that have tag are stopped but the one with pid, and counts them.
func suspended(t *testing.T, tag string, but int) (stopped int) {
	t.Helper()
	var running []process
	for end := time.Now().Add(patience); time.Now().Before(end); {
		running, stopped = nil, 0
		for _, pid := range tagged(tag) {
			p, ok := read(pid)
			switch {
			case !ok || pid == but:
			case p.state == 'T':
				stopped++
			default:
				running = append(running, p)
			}
		}
		if len(running) == 0 {
			return stopped
		}
	}
	t.Fatalf("%d are stopped, and not %+v", stopped, running)
	return 0
}

// suspendable runs a suspender under a shell, and returns its pid, the tag of its launches
// and its own, and the shell.
func suspendable(t *testing.T, args ...string) (out lines, table int, tag string, shell *os.Process) {
	t.Helper()
	id := fmt.Sprintf("%s/%d", t.Name(), time.Now().UnixNano())
	t.Setenv("SUPERVISE_ID", id)
	out, shell = harness(t, &syscall.SysProcAttr{Setsid: true}, role("shell", append([]string{"suspender"}, args...)...)...)
	fmt.Sscan(strings.TrimPrefix(out.find(t, "table "), "table "), &table)
	return out, table, "SUPERVISE_ID=" + id, shell
}

func TestSuspendStopsDaemonsTooAndTheShellContinuesAll(t *testing.T) {
	out, table, tag, shell := suspendable(t, "1", self(), "@daemon", "listen")
	daemon := out.ready(t)
	for range 2 {
		syscall.Kill(table, syscall.SIGTSTP)
		out.find(t, "stopped by stopped (signal)")
		if got := suspended(t, tag, shell.Pid); got != 3 {
			t.Errorf("%d are stopped, want the table, the leader and its daemon", got)
		}
		shell.Signal(syscall.SIGUSR1)
		if got, want := out.next(t), "continued true"; got != want {
			t.Fatalf("%q, want %q", got, want)
		}
		syscall.Kill(daemon, syscall.SIGHUP)
		out.find(t, "hangup")
	}
	syscall.Kill(table, syscall.SIGTERM)
	exit(t, shell)
}

func TestNothingIsForkedWhileSuspended(t *testing.T) {
	const launches = 300
	out, table, tag, shell := suspendable(t, fmt.Sprint(launches), "sleep", "1000")
	syscall.Kill(table, syscall.SIGTSTP)
	out.find(t, "stopped")
	if got := suspended(t, tag, shell.Pid); got > launches {
		t.Errorf("%d are stopped, want the table and some of %d launches", got, launches)
	}
	shell.Signal(syscall.SIGUSR1)
	out.find(t, "all are launched")
	syscall.Kill(table, syscall.SIGTERM)
	exit(t, shell)
}

// Nobody could continue the first process of a session: it goes on, as the kernel would have
// it.
func TestSuspendDoesNothingWhereNobodyCouldContinueUs(t *testing.T) {
	out, p := harness(t, &syscall.SysProcAttr{Setsid: true}, role("suspender", "1", self(), "@wait")...)
	out.find(t, "table ")
	p.Signal(syscall.SIGTSTP)
	if got, want := out.find(t, "continued"), "continued false"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.Signal(syscall.SIGTERM)
	exit(t, p)
}
