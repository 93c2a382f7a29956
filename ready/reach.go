package ready

import (
	"net"
	"net/netip"
)

// reach is where a listener on at is reached from this machine. One on :: may not take
// IPv4 (IPV6_V6ONLY, ipv6(7)), so it is reached on ::1. Where there is no ::1, as in many
// containers, it must take IPv4, or nobody could reach it.
func reach(at netip.AddrPort) netip.AddrPort {
	v4 := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	switch {
	case !at.Addr().IsUnspecified():
		return at
	case at.Addr().Is6() && hasIPv6():
		return netip.AddrPortFrom(netip.IPv6Loopback(), at.Port())
	default:
		return netip.AddrPortFrom(v4, at.Port())
	}
}

// hasIPv6 tells whether there is a route to ::1. Connecting a UDP socket sends nothing.
func hasIPv6() bool {
	conn, err := net.Dial("udp6", "[::1]:9")
	if err == nil {
		conn.Close()
	}
	return err == nil
}
