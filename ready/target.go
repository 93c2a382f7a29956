package ready

import (
	"net/netip"
	"time"
)

// Key names one launch: the third of web.1 is {"web.1", 3}. Each is probed at most once.
type Key struct {
	Name   string
	Launch int
}

// Kind says what makes a launch ready.
type Kind uint8

const (
	// Alive: it has lived for a second; Forget did not come before.
	Alive Kind = iota
	// Port: it listens on its port (TCP).
	Port
	// HTTP: it listens on its port and answers a GET with 2xx or 3xx.
	HTTP
	// Notify: it has said READY=1 (sd_notify(3)).
	Notify
)

// aliveFor is how long a launch must live to be ready by that alone.
const aliveFor = time.Second

// Target says whom to probe and for what.
type Target struct {
	Kind   Kind
	Port   int     // of Port and HTTP; the others only look for Result.Addr there, unless it is 0
	Path   string  // of HTTP, with its query: "/healthz"
	Leader int     // the launch's first process, and so the number of its session
	ID     string  // the value of SUPERVISE_ID in its environment; "" is none
	Socket *Socket // of Notify
}

// Result says that a launch is ready.
type Result struct {
	// Addr is where it is reached from here: for a listener on all addresses that is the
	// loopback's. The zero value is unknown.
	Addr netip.AddrPort
	// How is what was seen, for people: "listens on 0.0.0.0:5000", "GET /healthz gave
	// 204", "said READY=1", "alive for 1s".
	How string
}
