package ports

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
)

func TestOnlyListenersAreListed(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	client, err := net.Dial("tcp4", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for name, list := range map[string]func() ([]Listener, error){"asked": askedListeners, "read": readListeners} {
		found, err := list()
		if err != nil {
			t.Fatal(err)
		}
		var listeners int
		for _, l := range found {
			switch l.Addr.String() {
			case server.Addr().String():
				listeners++
			case client.LocalAddr().String():
				t.Errorf("%s: %s is listed, which is a connection", name, l.Addr)
			}
		}
		if listeners != 1 {
			t.Errorf("%s: %s is listed %d times", name, server.Addr(), listeners)
		}
	}
	if sockets := socketsOn(client.LocalAddr().(*net.TCPAddr).Port); len(sockets) != 1 || sockets[0].listening { // the negative control
		t.Errorf("the connection is in the table as %+v", sockets)
	}
}

func TestAskingAndReadingListTheSame(t *testing.T) {
	for _, place := range places(t) {
		port := portOf(listen(t, place.network, place.addr))
		var listed []Listener
		for _, list := range []func() ([]Listener, error){askedListeners, readListeners} {
			found, err := list()
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range found {
				if int(l.Addr.Port()) == port {
					listed = append(listed, l)
				}
			}
		}
		if len(listed) != 2 || listed[0] != listed[1] || listed[0].Inode == 0 {
			t.Errorf("%s on %s is listed as %+v, want the same twice", place.network, place.addr, listed)
		}
	}
}

func TestManyListenersAreAllListed(t *testing.T) {
	const n = 1000 // more than one netlink message holds
	want := map[int]bool{}
	for range n {
		want[portOf(listen(t, "tcp4", "127.0.0.1:0"))] = true
	}
	for name, list := range map[string]func() ([]Listener, error){"asked": askedListeners, "read": readListeners} {
		found, err := list()
		if err != nil {
			t.Fatal(err)
		}
		got := map[int]bool{}
		for _, l := range found {
			if port := int(l.Addr.Port()); want[port] {
				got[port] = true
			}
		}
		if len(got) != n {
			t.Errorf("%s: %d of %d listeners are listed", name, len(got), n)
		}
	}
}

func TestARowOfTheSocketTableIsRead(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("these rows are a little-endian machine's")
	}
	const after = " 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000028268f3d 100 0 0 10 0"
	for line, want := range map[string]socket{
		"   0: 0100007F:1388 00000000:0000 0A" + after:                                                               socketAt("127.0.0.1:5000", true),
		"  12: 00000000:FFFF 00000000:0000 0A" + after:                                                               socketAt("0.0.0.0:65535", true),
		"   0: 0100007F:1388 0100007F:8D3C 06" + after:                                                               socketAt("127.0.0.1:5000", false),
		"   0: 00000000000000000000000001000000:1388 00000000000000000000000000000000:0000 0A" + after:               socketAt("[::1]:5000", true),
		"   0: 0000000000000000FFFF00000100007F:1388 00000000000000000000000000000000:0000 0A" + after:               socketAt("127.0.0.1:5000", true),
		"   0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 01" + after + " and more": socketAt("[2001:db8::1]:80", false),
	} {
		if got, err := parseRow(line); got != want || err != nil {
			t.Errorf("parseRow(%q) = %+v, %v, want %+v", line, got, err, want)
		}
	}
}

func TestARowThatIsNotOneIsRefused(t *testing.T) {
	const after = " 00000000:0000 0A 0:0 0:0 0 0 0 "
	for line, want := range map[string]string{
		"":                                 `0 fields in "", want 10 or more`,
		"0: 0100007F:1388" + after + "x":   `strconv.ParseUint: parsing "x": invalid syntax`,
		"0: 0100007F" + after + "1":        `strconv.ParseUint: parsing "": invalid syntax`,
		"0: 0100007F:13880" + after + "1":  `strconv.ParseUint: parsing "13880": value out of range`,
		"0: 0100007:1388" + after + "1":    "encoding/hex: odd length hex string",
		"0: 0100007F00:1388" + after + "1": `5 bytes of address in "0100007F00:1388", want 4 or 16`,
		"0: 0100007Fzz:1388" + after + "1": "encoding/hex: invalid byte: U+007A 'z'",
	} {
		if got, err := parseRow(line); err == nil || err.Error() != want {
			t.Errorf("parseRow(%q) = %+v, %v\nwant %s", line, got, err, want)
		}
	}
}

func socketAt(addr string, listening bool) socket {
	return socket{Listener{netip.MustParseAddrPort(addr), 4711}, listening}
}

func BenchmarkListening(b *testing.B) {
	for name, list := range map[string]func() ([]Listener, error){"asked": askedListeners, "read": readListeners} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := list(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
