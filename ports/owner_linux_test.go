package ports

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestThePortOfAnotherProcessIsNamedWithIt(t *testing.T) {
	for _, place := range places(t) {
		pid, port := stranger(t, place.network+","+place.addr, "PORTS_CHILD_NAME=python3")
		if got, command, ok := Owner(port); got != pid || command != "python3" || !ok {
			t.Errorf("%s on %s: Owner(%d) = %d, %q, %t, want %d, python3", place.network, place.addr, port, got, command, ok, pid)
		}
		want := fmt.Sprintf("port %d is taken by pid %d (python3)%s", port, pid, place.told)
		if err := Check(port); err == nil || err.Error() != want {
			t.Errorf("Check(%d) = %v\nwant %s", port, err, want)
		}
	}
	if pid, command, ok := Owner(unused(t)); pid != 0 || command != "" || ok { // the negative control
		t.Errorf("a free port is said to be of pid %d (%s), %t", pid, command, ok)
	}
}

func TestAConnectionGoingOutHoldsItsPort(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	client, err := net.Dial("tcp4", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	port := client.LocalAddr().(*net.TCPAddr).Port
	var taken *TakenError
	if err := Check(port); !errors.As(err, &taken) || taken.PID != os.Getpid() {
		t.Errorf("Check(%d) = %v, want it taken by ourselves, pid %d", port, err, os.Getpid())
	}
}

func TestNothingUnprintableIsPrinted(t *testing.T) {
	_, port := stranger(t, "tcp,:0", "PORTS_CHILD_NAME=a\x1b[2J\nb")
	if _, command, _ := Owner(port); command != "a?[2J?b" {
		t.Errorf("Owner(%d) names it %q, want %q", port, command, "a?[2J?b")
	}
}

func TestAnotherUsersProcessIsNotNamed(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root has a process that nobody may look into")
	}
	pid, port := stranger(t, "tcp4,127.0.0.1:0")
	onAThreadThat(t, becomesNobody, func() {
		if pid, command, ok := Owner(port); pid != 0 || command != "" || ok {
			t.Errorf("Owner(%d) = %d, %q, %t, want nothing", port, pid, command, ok)
		}
		if err, want := Check(port), fmt.Sprintf("port %d is taken on 127.0.0.1", port); err == nil || err.Error() != want {
			t.Errorf("Check(%d) = %v, want %s", port, err, want)
		}
		if _, err := Sockets(pid); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Sockets(%d): %v, want permission denied", pid, err)
		}
	})
	if got, _, ok := Owner(port); got != pid || !ok { // the negative control
		t.Errorf("as root, Owner(%d) = %d, %t, want %d", port, got, ok, pid)
	}
}

func TestALowPortIsNotTakenButForbidden(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give up its privilege for this test")
	}
	onAThreadThat(t, becomesNobody, func() {
		err := Check(1)
		want := "cannot listen on port 1: permission denied (ports below 1024 need root or CAP_NET_BIND_SERVICE)"
		if err == nil || err.Error() != want || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Check(1) = %v\nwant %s", err, want)
		}
	})
	if err := Check(1); err != nil { // the negative control
		t.Errorf("as root, Check(1) = %v", err)
	}
}

func TestAMachineWithoutIPv6CanBeChecked(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make a network without IPv6")
	}
	onAThreadThat(t, hasNoNetwork, func() {
		if err := bind(netip.MustParseAddrPort("[::1]:5000")); err != syscall.EADDRNOTAVAIL { // the negative control
			t.Errorf("::1 can be bound, %v, so this test shows nothing", err)
		}
		if err := Check(5000); err != nil {
			t.Errorf("Check(5000) = %v, want nil", err)
		}
	})
}

func TestSocketsOfAProcessMeetListeners(t *testing.T) {
	for _, place := range places(t) {
		pid, port := stranger(t, place.network+","+place.addr)
		inodes, err := Sockets(pid)
		if err != nil {
			t.Fatal(err)
		}
		listeners, err := Listening()
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, l := range listeners {
			if slices.Contains(inodes, l.Inode) {
				got = append(got, int(l.Addr.Port()))
			}
		}
		if !slices.Equal(got, []int{port}) {
			t.Errorf("%s on %s: it listens on %v, want %d", place.network, place.addr, got, port)
		}
	}
	if _, err := Sockets(1 << 30); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Sockets of nobody: %v, want that it does not exist", err)
	}
}

// onAThreadThat runs do on a thread that has first lost something, and ends with it:
// Linux keeps credentials and namespaces by thread.
func onAThreadThat(t *testing.T, lose func() error, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked
		if err := lose(); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func becomesNobody() error {
	const same, nobody = ^uintptr(0), 65534
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, same, nobody, same); errno != 0 {
		return fmt.Errorf("cannot become nobody: %w", errno)
	}
	return nil
}

func hasNoNetwork() error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("cannot leave the network: %w", err)
	}
	return os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0)
}
