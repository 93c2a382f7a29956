package cli

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"supervise/procfile"
)

// checkAddresses finds ports that are to be one of ours and an instance's. Nobody holds
// them as long as nothing runs, and then the instance would crash for ever.
func (a *app) checkAddresses() (ms procfile.Mistakes) {
	front, metrics := string(a.settings.front), string(a.settings.metrics)
	if name := a.whosePort(front); name != "" {
		ms = append(ms, &procfile.Mistake{
			Problem: fmt.Sprintf("--front %s is the port of %s", front, name),
			Hint:    "--front alone takes web's base port, and the instances begin one above it; or choose another base with --port",
		})
	}
	if name := a.whosePort(metrics); name != "" {
		ms = append(ms, &procfile.Mistake{
			Problem: fmt.Sprintf("--metrics %s is the port of %s", metrics, name),
			Hint:    "choose another address, or another base with --port",
		})
	}
	if port := localPort(metrics); port > 0 && front != "" && port == a.frontPort() {
		ms = append(ms, &procfile.Mistake{
			Problem: fmt.Sprintf("--metrics %s is the port of the front door", metrics),
			Hint:    "choose another address",
		})
	}
	return ms
}

// whosePort is the instance that is expected to listen on the port of an address; "": none.
func (a *app) whosePort(addr string) string {
	port := localPort(addr)
	for _, name := range a.file.Types() {
		first := a.plan.first[name]
		if port > 0 && first > 0 && a.settings.listens(name) && first <= port && port < first+a.most(name) {
			return fmt.Sprintf("%s.%d", name, port-first+1)
		}
	}
	return ""
}

// most is how many instances of a type there are to be, with the one that a roll adds.
func (a *app) most(name string) int {
	n := a.counts[name]
	if n > 0 && a.settings.gated(name) {
		n += a.settings.surge.of(name, 1)
	}
	return n
}

// localPort is the port of an address where an instance may listen, too; 0: none. On an
// address of the network alone nobody is in the way of who listens on loopback.
func localPort(addr string) int {
	host, text, err := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(text)
	ip, numeric := netip.ParseAddr(host)
	if err != nil || numeric == nil && !ip.IsUnspecified() && !ip.IsLoopback() {
		return 0
	}
	return port
}
