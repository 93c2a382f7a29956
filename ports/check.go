package ports

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// tried are the addresses on which a port must be free: those that servers listen on
// by default, where all of them are the machine's own. The wildcards come first, since
// macOS lets anybody have a low port there, but not on 127.0.0.1.
var tried = [...]netip.Addr{
	netip.IPv4Unspecified(),
	netip.IPv6Unspecified(),
	netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	netip.IPv6Loopback(),
}

// TakenError says that a port is in use, and by whom as far as that can be known.
type TakenError struct {
	Port    int
	Addr    netip.Addr // where its holder listens, or where our attempt failed
	PID     int        // the lowest pid that holds it; 0 when it cannot be known
	Command string     // the kernel's short name for that process (proc_pid_comm(5)); "" with PID 0
}

// Error names the process, and the address unless the holder listens on all of them.
func (e *TakenError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "port %d is taken", e.Port)
	if e.PID != 0 {
		fmt.Fprintf(&text, " by pid %d (%s)", e.PID, e.Command)
	}
	if e.Addr.IsValid() && !e.Addr.IsUnspecified() {
		fmt.Fprintf(&text, " on %s", e.Addr)
	}
	return text.String()
}

// Check tells whether a server could listen on port: nil, a *TakenError, or another
// error where that is not permitted (it is fs.ErrPermission) or cannot be tried. It
// takes some 10 µs where the port is free. What it says may be outdated when it returns.
//
// Connections of a server that is gone (TIME_WAIT) do not count, and neither does an
// address family that this machine does not have.
func Check(port int) error {
	if !valid(port) {
		return fmt.Errorf("cannot check port %d: ports go from 1 to %d", port, highest)
	}
	if freeEverywhere(port) {
		return nil
	}
	for _, addr := range tried {
		err := bind(netip.AddrPortFrom(addr, uint16(port)))
		switch {
		case err == nil, absent(err):
		case errors.Is(err, syscall.EADDRINUSE):
			if taken := takenBy(port, addr); taken != nil {
				return taken
			}
		case errors.Is(err, syscall.EACCES):
			if addr.IsUnspecified() {
				return denied(port, err)
			}
		default:
			return fmt.Errorf("cannot check port %d on %s: %w", port, addr, err)
		}
	}
	return nil
}

// absent tells whether binding failed because this machine, container or sandbox lacks
// IPv6, or its loopback interface is down: then no server can be in the way there.
func absent(err error) bool {
	return errors.Is(err, syscall.EAFNOSUPPORT) ||
		errors.Is(err, syscall.EPROTONOSUPPORT) ||
		errors.Is(err, syscall.EADDRNOTAVAIL)
}

func denied(port int, err error) error {
	if port < 1024 {
		return fmt.Errorf("cannot listen on port %d: %w (ports below 1024 need root or CAP_NET_BIND_SERVICE)", port, err)
	}
	return fmt.Errorf("cannot listen on port %d: %w", port, err)
}

// takenBy says who made our attempt on addr fail, or nil where that was nobody: a
// server that does not set SO_REUSEADDR leaves a port in TIME_WAIT for a minute, in
// which the kernel refuses it to all, but no process has it.
func takenBy(port int, addr netip.Addr) error {
	sockets := socketsOn(port)
	if holder, held := holderOf(sockets); held {
		pid, command := processWith(holder.Inode)
		return &TakenError{Port: port, Addr: holder.Addr.Addr(), PID: pid, Command: command}
	}
	if len(sockets) > 0 {
		return nil
	}
	return &TakenError{Port: port, Addr: addr}
}
