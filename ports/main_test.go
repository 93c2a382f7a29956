package ports

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestMain lets this test binary be a stranger: with PORTS_CHILD=tcp4,127.0.0.1:0 it
// listens there, prints its port and waits for the end of its stdin.
func TestMain(m *testing.M) {
	if where := os.Getenv("PORTS_CHILD"); where != "" {
		time.AfterFunc(20*time.Second, func() { panic("nobody ended this child") })
		network, addr, _ := strings.Cut(where, ",")
		listener, err := net.Listen(network, addr)
		if err != nil {
			panic(err)
		}
		if name := os.Getenv("PORTS_CHILD_NAME"); name != "" {
			if err := os.WriteFile("/proc/self/comm", []byte(name), 0); err != nil {
				panic(err)
			}
		}
		fmt.Println(portOf(listener))
		io.ReadAll(os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// stranger is another process that listens until the test ends.
func stranger(t *testing.T, where string, env ...string) (pid, port int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	// The race detector would sleep for 1 s at the exit.
	cmd.Env = append(append(os.Environ(), "PORTS_CHILD="+where, "GORACE=atexit_sleep_ms=0"), env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	if _, err := fmt.Fscan(bufio.NewReader(stdout), &port); err != nil {
		t.Fatalf("the stranger does not listen on %s: %v", where, err)
	}
	return cmd.Process.Pid, port
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

// unused gives a port that is free now.
func unused(t *testing.T) int {
	t.Helper()
	free, err := Free(1)
	if err != nil {
		t.Fatal(err)
	}
	return free[0]
}

func portOf(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }

type place struct{ network, addr, told string }

// places are where servers listen, with the address that is worth telling. A machine
// without IPv6 has fewer.
func places(t *testing.T) []place {
	t.Helper()
	ipv4 := []place{
		{"tcp4", "127.0.0.1:0", " on 127.0.0.1"},
		{"tcp4", "0.0.0.0:0", ""},
		{"tcp", ":0", ""},
	}
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Logf("without IPv6, since %v", err)
		return ipv4
	}
	listener.Close()
	return append(ipv4, place{"tcp6", "[::1]:0", " on ::1"}, place{"tcp6", "[::]:0", ""})
}
