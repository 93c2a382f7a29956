package ports

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// askedListeners asks the kernel for its listeners by netlink (sock_diag(7)), which
// takes it about 30 µs: to print /proc/net/tcp it goes through its table of connections
// too, which on a big machine takes milliseconds even when there are none. gVisor, and
// a kernel without tcp_diag, do not answer.
func askedListeners() ([]Listener, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var found []Listener
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		if err := unix.Sendto(fd, dumpListeners(family), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return nil, err
		}
		if found, err = receiveListeners(fd, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// dumpListeners is a struct nlmsghdr and a struct inet_diag_req_v2.
func dumpListeners(family byte) []byte {
	const listen = 1 << 10 // TCP_LISTEN, include/net/tcp_states.h
	request := make([]byte, unix.SizeofNlMsghdr+56)
	binary.NativeEndian.PutUint32(request[0:], uint32(len(request)))
	binary.NativeEndian.PutUint16(request[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	body := request[unix.SizeofNlMsghdr:]
	body[0], body[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(body[4:], listen)
	return request
}

// receiveListeners reads the answer to one request and appends it to found.
func receiveListeners(fd int, found []Listener) ([]Listener, error) {
	buffer := make([]byte, 32<<10) // netlink(7): an answer comes in pieces of at most this
	for {
		n, _, err := unix.Recvfrom(fd, buffer, 0)
		if err != nil {
			return nil, err
		}
		messages, err := syscall.ParseNetlinkMessage(buffer[:n])
		if err != nil {
			return nil, err
		}
		for _, message := range messages {
			switch {
			case message.Header.Type == unix.NLMSG_DONE:
				return found, nil
			case message.Header.Type != unix.SOCK_DIAG_BY_FAMILY || len(message.Data) < 72:
				return nil, fmt.Errorf("netlink message of type %d and %d bytes", message.Header.Type, len(message.Data))
			}
			found = append(found, parseDiag(message.Data))
		}
	}
}

// parseDiag reads a struct inet_diag_msg.
func parseDiag(data []byte) Listener {
	addr := netip.AddrFrom16([16]byte(data[8:24])).Unmap()
	if data[0] == unix.AF_INET {
		addr = netip.AddrFrom4([4]byte(data[8:12]))
	}
	return Listener{
		Addr:  netip.AddrPortFrom(addr, binary.BigEndian.Uint16(data[4:])),
		Inode: uint64(binary.NativeEndian.Uint32(data[68:])),
	}
}
