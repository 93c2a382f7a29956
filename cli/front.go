package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"supervise/procfile"
	"supervise/proxy"
	"supervise/supervisor"
)

// frontAddr is --front: an address like :8080, or frontAtBase; "" is no front door.
type frontAddr string

// frontAtBase is --front without an address: web's base port.
const frontAtBase = "base"

// Set reads the flag.
func (f *frontAddr) Set(s string) error {
	if s != frontAtBase {
		_, port, err := net.SplitHostPort(s)
		if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%q is not an address like :8080 or 127.0.0.1:8080", s)
		}
	}
	*f = frontAddr(s)
	return nil
}

func (f *frontAddr) String() string { return string(*f) }

// Type is the placeholder in --help.
func (f *frontAddr) Type() string { return "ADDR" }

// joinFront lets people write --front :8080 though the address is optional, which flags
// can have only behind an equals sign. No process type has a colon; a port alone is not
// an address, but was hardly meant to be a type.
func joinFront(args []string) (joined []string) {
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(joined, args[i:]...)
		}
		if args[i] == "--front" && i+1 < len(args) && (strings.Contains(args[i+1], ":") || isNumber(args[i+1])) {
			joined = append(joined, "--front="+args[i+1])
			i++
			continue
		}
		joined = append(joined, args[i])
	}
	return joined
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// gated says that a type stands behind the front door.
func (s *settings) gated(name string) bool { return s.front != "" && name == webType }

func (a *app) checkFront() procfile.Mistakes {
	_, web := a.file.Lookup(webType)
	switch {
	case a.settings.front == "":
	case !web:
		return procfile.Mistakes{{Problem: "--front balances over instances of web, and " + a.file.Name + " has no web"}}
	case a.settings.ports.none:
		return procfile.Mistakes{{Problem: "--front needs web to have a PORT, and --no-port sets none"}}
	}
	return nil
}

// frontPort is the port of the front door; 0: there is none.
func (a *app) frontPort() int {
	if a.settings.front == frontAtBase {
		return a.plan.front
	}
	_, port, _ := net.SplitHostPort(string(a.settings.front))
	n, _ := strconv.Atoi(port)
	return n
}

// front is the front door, if there is one. It implements supervisor.Gate.
type front struct {
	run      *run
	proxy    *proxy.Front // nil: there is none
	listener net.Listener
}

// openFront takes the front door's port, before anything starts. Without a front door
// nothing is gated, and nobody calls what it returns.
func (r *run) openFront(a *app) (*front, error) {
	s := a.settings
	if s.front == "" {
		return &front{}, nil
	}
	addr := string(s.front)
	if s.front == frontAtBase {
		addr = ":" + strconv.Itoa(a.plan.front)
	}
	listener, err := listenOn(addr, "front", "open the front door")
	if err != nil {
		return nil, err
	}
	r.opening = append(r.opening, fmt.Sprintf("the front door of web is open at %s", listener.Addr()))
	trust := map[string]proxy.Trust{"private": proxy.TrustPrivate, "none": proxy.TrustNone, "all": proxy.TrustAll}[s.trustForwarded.value]
	return &front{
		run:      r,
		listener: listener,
		proxy:    proxy.New(proxy.Options{Trust: trust, Report: func(line string) { r.say("front door", line) }}),
	}, nil
}

// serve lets clients in, until the run ends.
func (f *front) serve(sup *supervisor.Supervisor) {
	if f.proxy == nil {
		return
	}
	_, events := sup.Watch(0)
	go f.watch(events)
	go func() {
		if err := f.proxy.Serve(f.listener); err != nil {
			f.run.say("front door", err.Error())
		}
	}()
}

// watch leads clients out when the run ends: lame first, then closed.
func (f *front) watch(events *supervisor.Watcher) {
	for {
		e, _, err := events.Next(context.Background())
		if err != nil {
			return
		}
		if e.Kind == supervisor.KindRunEnding {
			break
		}
	}
	events.Close()
	f.proxy.LameDuck()
	formation := f.run.app().formation(f.run.onTerminal())
	time.AfterFunc(formation.LameDuckTime(), func() {
		ctx, cancel := context.Background(), func() {}
		if formation.StopBudget > 0 {
			ctx, cancel = context.WithTimeout(ctx, formation.StopBudget)
		}
		defer cancel()
		f.proxy.Shutdown(ctx)
	})
}

// settleFor is more than answers need that only have to be written; a client that is still
// sending a request must not hold up the end.
const settleFor = 100 * time.Millisecond

// settle lets the last answers out, when their instances are gone.
func (f *front) settle(ctx context.Context) {
	if f.proxy != nil {
		ctx, cancel := context.WithTimeout(ctx, settleFor)
		defer cancel()
		f.proxy.Settle(ctx)
	}
}

// Open lets requests go to a launch.
func (f *front) Open(l supervisor.Launch, addr netip.AddrPort) {
	if f.proxy == nil {
		return
	}
	if !addr.IsValid() {
		addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(f.run.app().plan.of(l.ID)))
	}
	f.proxy.Open(backendOf(l), addr)
}

// Close ends that.
func (f *front) Close(l supervisor.Launch, drained func()) {
	if f.proxy == nil {
		go drained()
		return
	}
	f.proxy.Close(backendOf(l), drained)
}

func backendOf(l supervisor.Launch) proxy.Backend {
	return proxy.Backend{Name: l.ID.String(), Launch: l.N}
}
