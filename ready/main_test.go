package ready

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that takes milliseconds.
const patience = 20 * time.Second

// The test binary plays the launches: as `ready.test @role argument…` it is one. They end
// when their stdin does.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || !strings.HasPrefix(os.Args[1], "@") {
		os.Exit(m.Run())
	}
	time.AfterFunc(patience, func() { panic("nobody ended this child") })
	act(os.Args[1][1:], os.Args[2:])
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func act(role string, args []string) {
	switch role {
	case "listen": // NETWORK ADDR
		announce(check(net.Listen(args[0], args[1])))
	case "parent": // ROLE ARG…: is played by a child
		spawn(args, &syscall.SysProcAttr{}, os.Environ())
	case "sudo": // ROLE ARG…: by a child in a session of its own, that has no environment
		spawn(args, &syscall.SysProcAttr{Setsid: true}, nil)
	case "daemon": // ROLE ARG…: by an orphan in a session of its own
		spawn(append([]string{"leave"}, args...), &syscall.SysProcAttr{Setsid: true}, os.Environ())
	case "leave": // ROLE ARG…: by an orphan
		orphan := []string{"orphan", strconv.Itoa(os.Getpid())}
		spawn(append(orphan, args...), &syscall.SysProcAttr{}, os.Environ())
		os.Exit(0)
	case "orphan": // PARENT ROLE ARG…
		for args[0] == strconv.Itoa(os.Getppid()) {
			runtime.Gosched()
		}
		act(args[1], args[2:])
	case "heir": // NETWORK ADDR: a child has the listener, which the leader has closed
		listener := check(net.Listen(args[0], args[1])).(*net.TCPListener)
		file := check(listener.File())
		listener.Close()
		spawn([]string{"inherit"}, &syscall.SysProcAttr{}, os.Environ(), file)
		file.Close()
	case "inherit":
		announce(check(net.FileListener(os.NewFile(3, "listener"))))
	case "say": // MESSAGE…
		to := check(net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET")))
		for _, message := range args {
			check(to.Write([]byte(message)))
		}
	case "exit":
		os.Exit(0)
	}
}

func announce(l net.Listener) { fmt.Println(portOf(l)) }

func check[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// spawn starts a role that has our streams.
func spawn(role []string, sys *syscall.SysProcAttr, env []string, files ...*os.File) *exec.Cmd {
	cmd := exec.Command(check(os.Executable()), append([]string{"@" + role[0]}, role[1:]...)...)
	cmd.Env, cmd.SysProcAttr, cmd.ExtraFiles = append(env, "GORACE=atexit_sleep_ms=0"), sys, files
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	check(0, cmd.Start())
	return cmd
}

// actor is a launch that somebody plays until the test ends.
type actor struct {
	pid int
	out *bufio.Reader
}

// play starts a role in a session of its own, as supervise does. When the test ends it
// waits until everybody is gone who has its stdout.
func play(t *testing.T, env []string, role ...string) actor {
	t.Helper()
	cmd := exec.Command(check(os.Executable()), append([]string{"@" + role[0]}, role[1:]...)...)
	cmd.Env = append(append(os.Environ(), env...), "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = os.Stderr
	stdin, stdout := check(cmd.StdinPipe()), check(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(stdout)
	t.Cleanup(func() {
		stdin.Close()
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%q: %v", role, err)
		}
	})
	return actor{cmd.Process.Pid, out}
}

// port reads the port that is announced.
func (a actor) port(t *testing.T) (port int) {
	t.Helper()
	if _, err := fmt.Fscan(a.out, &port); err != nil {
		t.Fatalf("pid %d does not listen: %v", a.pid, err)
	}
	return port
}

// listen listens in this process until the test ends.
func listen(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	listener, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func portOf(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

// probed is the result for a target that gets ready.
func probed(t *testing.T, target Target) Result {
	t.Helper()
	p, k := New(), Key{"web.1", 1}
	results := make(chan Result, 1)
	p.Probe(k, target, func(r Result) { results <- r })
	select {
	case r := <-results:
		return r
	case <-time.After(patience):
		t.Fatalf("%+v does not get ready: %s", target, p.Seen(k))
		return Result{}
	}
}
