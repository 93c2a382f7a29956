package ports

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

func TestAListenerOnAnyAddressTakesThePort(t *testing.T) {
	for _, place := range places(t) {
		listener := listen(t, place.network, place.addr)
		port := portOf(listener)
		var taken *TakenError
		if err := Check(port); !errors.As(err, &taken) || taken.Port != port {
			t.Errorf("%s on %s: Check(%d) = %v, want it taken", place.network, place.addr, port, err)
		}
		listener.Close()
		if err := Check(port); err != nil { // the negative control
			t.Errorf("%s on %s, closed: Check(%d) = %v, want nil", place.network, place.addr, port, err)
		}
	}
}

func TestTheErrorSaysWhoHasThePort(t *testing.T) {
	for _, c := range []struct {
		err  TakenError
		want string
	}{
		{TakenError{Port: 5000, PID: 812, Command: "python3", Addr: netip.IPv4Unspecified()}, "port 5000 is taken by pid 812 (python3)"},
		{TakenError{Port: 5000, PID: 812, Command: "python3"}, "port 5000 is taken by pid 812 (python3)"},
		{TakenError{Port: 5000, PID: 812, Command: "node", Addr: netip.IPv6Loopback()}, "port 5000 is taken by pid 812 (node) on ::1"},
		{TakenError{Port: 5000, Addr: netip.MustParseAddr("127.0.0.1")}, "port 5000 is taken on 127.0.0.1"},
		{TakenError{Port: 5000, Addr: netip.IPv6Unspecified()}, "port 5000 is taken"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%+v says %q, want %q", c.err, got, c.want)
		}
	}
}

func TestACheckLeavesThePortFree(t *testing.T) {
	port := unused(t)
	for range 3 {
		if err := Check(port); err != nil {
			t.Fatal(err)
		}
	}
	for _, place := range places(t) {
		host, _, _ := net.SplitHostPort(place.addr)
		listener, err := net.Listen(place.network, net.JoinHostPort(host, fmt.Sprint(port)))
		if err != nil {
			t.Fatalf("after Check(%d) nobody can listen: %v", port, err)
		}
		listener.Close()
	}
}

func TestConnectionsOfAServerThatIsGoneDoNotTakeThePort(t *testing.T) {
	for _, reuse := range []int{1, 0} { // with and without SO_REUSEADDR in the server
		port := leaveTimeWait(t, reuse)
		if bindPlainly(port) != syscall.EADDRINUSE { // the negative control
			t.Fatalf("port %d is not in TIME_WAIT, so this test shows nothing", port)
		}
		if err := Check(port); err != nil {
			t.Errorf("SO_REUSEADDR %d: Check(%d) = %v, want nil", reuse, port, err)
		}
	}
}

// leaveTimeWait serves one connection, closes it first, as servers do that are stopped,
// and returns the port.
func leaveTimeWait(t *testing.T, reuse int) int {
	t.Helper()
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, reuse)
		})
		return err
	}}
	server, err := config.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp4", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	accepted.Close()
	io.ReadAll(client)
	client.Close()
	server.Close()
	return portOf(server)
}

// bindPlainly binds without SO_REUSEADDR.
func bindPlainly(port int) error {
	fd, err := open(netip.IPv4Unspecified())
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return syscall.Bind(fd, &syscall.SockaddrInet4{Port: port})
}

func TestOnlyPortsThatExistAreChecked(t *testing.T) {
	for _, port := range []int{-1, 0, 65536, 65536 + 5000} {
		want := fmt.Sprintf("cannot check port %d: ports go from 1 to 65535", port)
		if err := Check(port); err == nil || err.Error() != want {
			t.Errorf("Check(%d) = %v, want %s", port, err, want)
		}
	}
}

func TestAMachineWithoutAnAddressFamilyIsNoMistake(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EAFNOSUPPORT: true, syscall.EPROTONOSUPPORT: true, syscall.EADDRNOTAVAIL: true,
		syscall.EADDRINUSE: false, syscall.EACCES: false, syscall.EMFILE: false,
	} {
		if got := absent(err); got != want {
			t.Errorf("absent(%v) = %t, want %t", err, got, want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	free, err := Free(1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := Check(free[0]); err != nil {
			b.Fatal(err)
		}
	}
}
