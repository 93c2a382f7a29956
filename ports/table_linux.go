package ports

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// tables are the kernel's lists of TCP sockets, one for each address family.
var tables = [...]string{"/proc/net/tcp", "/proc/net/tcp6"}

// rows yields the sockets of one table, as many as are asked for, and an error instead
// where it cannot be read; a machine without IPv6 has an empty tcp6.
func rows(table string) iter.Seq2[socket, error] {
	return func(yield func(socket, error) bool) {
		file, err := os.Open(table)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(socket{}, fmt.Errorf("cannot read the socket table: %w", err))
			return
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Scan() // the headings
		for lines.Scan() {
			s, err := parseRow(lines.Text())
			if err != nil {
				err = fmt.Errorf("cannot read the socket table: %s: %w", table, err)
			}
			if !yield(s, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(socket{}, fmt.Errorf("cannot read the socket table: %w", err))
		}
	}
}

// parseRow reads a line of /proc/net/tcp: number, local and remote address, state,
// queues, timer, retransmits, uid, timeout, inode and more (proc_pid_net(5)).
func parseRow(line string) (socket, error) {
	const local, state, inode = 1, 3, 9
	const listen = "0A" // TCP_LISTEN, include/net/tcp_states.h
	fields := strings.Fields(line)
	if len(fields) <= inode {
		return socket{}, fmt.Errorf("%d fields in %q, want 10 or more", len(fields), line)
	}
	addr, err := parseAddr(fields[local])
	if err != nil {
		return socket{}, err
	}
	number, err := strconv.ParseUint(fields[inode], 10, 64)
	if err != nil {
		return socket{}, err
	}
	return socket{Listener{addr, number}, fields[state] == listen}, nil
}

// parseAddr reads 0100007F:1388, which is 127.0.0.1:5000 on a little-endian machine:
// the address is printed as words of the machine's order, the port as a number.
func parseAddr(text string) (netip.AddrPort, error) {
	host, service, _ := strings.Cut(text, ":")
	port, err := strconv.ParseUint(service, 16, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	bytes, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for at := 0; at+4 <= len(bytes); at += 4 {
		binary.NativeEndian.PutUint32(bytes[at:], binary.BigEndian.Uint32(bytes[at:]))
	}
	addr, ok := netip.AddrFromSlice(bytes)
	if !ok {
		return netip.AddrPort{}, fmt.Errorf("%d bytes of address in %q, want 4 or 16", len(bytes), text)
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
}
