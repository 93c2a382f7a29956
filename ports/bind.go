package ports

import (
	"net/netip"
	"runtime"
	"syscall"
)

// bind binds a TCP socket to addr and closes it again. It does not listen, so nobody
// can get connected to us by mistake.
//
// With SO_REUSEADDR, connections in TIME_WAIT are not in the way, and neither are other
// attempts like this. On Linux no listener hides behind it: one on any address conflicts
// with the wildcard's (socket(7)). On macOS each address conflicts only with itself,
// which is why Check tries four.
func bind(addr netip.AddrPort) error { return bindAs(addr, 1) }

// freeEverywhere tells whether port can be had on every address, by one attempt instead of
// four: without IPV6_V6ONLY, :: is 0.0.0.0 as well (ipv6(7)). False decides nothing: there
// may be no IPv6, or it is macOS, where a listener on another address is not in the way.
func freeEverywhere(port int) bool {
	return runtime.GOOS == "linux" && bindAs(netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(port)), 0) == nil
}

// bindAs is bind with IPV6_V6ONLY set to v6only for an IPv6 address. Only with 1 is :: tried
// apart from 0.0.0.0.
func bindAs(addr netip.AddrPort, v6only int) error {
	fd, err := open(addr.Addr())
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	port := int(addr.Port())
	if addr.Addr().Is4() {
		return syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: addr.Addr().As4()})
	}
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, v6only); err != nil {
		return err
	}
	return syscall.Bind(fd, &syscall.SockaddrInet6{Port: port, Addr: addr.Addr().As16()})
}

// open makes a TCP socket of addr's family that no child inherits.
func open(addr netip.Addr) (int, error) {
	family := syscall.AF_INET
	if addr.Is6() {
		family = syscall.AF_INET6
	}
	syscall.ForkLock.RLock() // macOS has no SOCK_CLOEXEC
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	return fd, err
}
