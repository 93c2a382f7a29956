package ports

import "net/netip"

// Listener is a TCP socket that some process listens on.
type Listener struct {
	Addr  netip.AddrPort // the wildcard is 0.0.0.0 or ::, which mostly is 0.0.0.0 as well
	Inode uint64         // the socket's number, as in Sockets; 0 belongs to no process
}

// socket is one row of the kernel's table.
type socket struct {
	Listener
	listening bool
}

// Listening gives all TCP listeners of our network namespace, IPv4 before IPv6. It is
// cheap enough to be polled. On a system other than Linux the error is
// errors.ErrUnsupported.
func Listening() ([]Listener, error) {
	if found, err := askedListeners(); err == nil {
		return found, nil
	}
	return readListeners()
}

// readListeners is Listening by the kernel's table in text.
func readListeners() ([]Listener, error) {
	var found []Listener
	for _, table := range tables {
		for s, err := range rows(table) {
			if err != nil {
				return nil, err
			}
			if !s.listening {
				break // listeners come first (Documentation/networking/proc_net_tcp.rst)
			}
			found = append(found, s.Listener)
		}
	}
	return found, nil
}

// socketsOn gives the TCP sockets with this local port, in whatever state, as far as
// the kernel shows them.
func socketsOn(port int) []socket {
	var found []socket
	for _, table := range tables {
		for s, err := range rows(table) {
			if err == nil && int(s.Addr.Port()) == port {
				found = append(found, s)
			}
		}
	}
	return found
}

// holderOf picks the socket that keeps others from its port: a listener, or else one of
// a connection whose process lives.
func holderOf(sockets []socket) (holder socket, found bool) {
	for _, s := range sockets {
		if s.Inode != 0 && (s.listening || !found) {
			holder, found = s, true
		}
		if holder.listening {
			break
		}
	}
	return holder, found
}
