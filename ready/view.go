package ready

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"supervise/ports"
)

// view is the machine at one moment, read as far as it is asked about.
type view struct {
	listening func() ([]ports.Listener, error)
	byPort    map[int][]ports.Listener // nil: not read yet
	err       error                    // why there is no socket table
	people    *census                  // nil: not taken yet
}

// whose says whose a listener is.
type whose uint8

const (
	nobodys   whose = iota // there is none
	strangers              // no process of the launch has it open
	unseen                 // that cannot be known
	its
)

// find looks for a listener of t on its port and says where it listens. What d says to be
// strangers' is not looked into again.
func (v *view) find(t Target, d *doubt) (netip.AddrPort, whose) {
	on := v.on(t.Port)
	switch {
	case len(on) == 0:
		return netip.AddrPort{}, nobodys
	case v.err != nil:
		return on[0].Addr, unseen
	}
	if l, ok := held(on, t.Leader); ok { // mostly, and it spares us the census
		return l.Addr, its
	}
	if d.holds(on) {
		return on[0].Addr, strangers
	}
	blind := false
	for pid := range v.census().members(t) {
		inodes, err := ports.Sockets(pid)
		if l, ok := among(on, inodes); ok {
			return l.Addr, its
		}
		blind = blind || hidden(pid, err)
	}
	if blind {
		if _, _, seen := ports.Owner(t.Port); !seen {
			return on[0].Addr, unseen
		}
	}
	d.add(on)
	return on[0].Addr, strangers
}

// on lists the listeners on port, in the order of the socket table.
func (v *view) on(port int) []ports.Listener {
	if v.byPort == nil && v.err == nil {
		v.read()
	}
	if v.err == nil {
		return v.byPort[port]
	}
	var taken *ports.TakenError
	if !errors.As(ports.Check(port), &taken) {
		return nil
	}
	return []ports.Listener{{Addr: netip.AddrPortFrom(taken.Addr, uint16(port))}}
}

func (v *view) read() {
	all, err := v.listening()
	v.byPort, v.err = make(map[int][]ports.Listener, len(all)), err
	for _, l := range all {
		port := int(l.Addr.Port())
		v.byPort[port] = append(v.byPort[port], l)
	}
}

func (v *view) census() *census {
	if v.people == nil {
		v.people = takeCensus()
	}
	return v.people
}

// held finds the listener that a process has open.
func held(on []ports.Listener, pid int) (ports.Listener, bool) {
	inodes, _ := ports.Sockets(pid)
	return among(on, inodes)
}

func among(on []ports.Listener, inodes []uint64) (ports.Listener, bool) {
	i := slices.IndexFunc(on, func(l ports.Listener) bool { return slices.Contains(inodes, l.Inode) })
	if i < 0 {
		return ports.Listener{}, false
	}
	return on[i], true
}

func how(at netip.AddrPort, whose whose) string {
	if whose == unseen {
		return fmt.Sprintf("something listens on %s (whose it is cannot be seen)", at)
	}
	return fmt.Sprintf("listens on %s", at)
}

// where is Result.Addr of a launch that is ready for another reason.
func (p *Prober) where(t Target) netip.AddrPort {
	if t.Port == 0 {
		return netip.AddrPort{}
	}
	v := &view{listening: p.listening}
	if at, whose := v.find(t, new(doubt)); whose == its || whose == unseen {
		return reach(at)
	}
	return netip.AddrPort{}
}
