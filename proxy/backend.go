package proxy

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// backend is a launch that was opened. The table's lock guards what can change.
type backend struct {
	name Backend
	addr netip.AddrPort
	pool *pool           // HTTP/1.1
	h2   *http.Transport // HTTP/2 without TLS

	claims   int
	eclipsed bool   // refused a connection a moment ago
	drained  func() // not nil when closed
	counts   *counts
}

func newBackend(name Backend, addr netip.AddrPort, c *counts) *backend {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	return &backend{
		name: name, addr: addr, pool: &pool{addr: addr}, counts: c,
		h2: &http.Transport{
			Protocols:          &protocols,
			DisableCompression: true,
			IdleConnTimeout:    time.Minute, // HTTP/2 says goodbye before it closes
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dial(ctx, addr)
			},
		},
	}
}

// dialError is a connection that was not made: the request is untouched.
type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

// dialTimeout lets the kernel try twice more when the listen queue is full.
const dialTimeout = 5 * time.Second

var dialer = net.Dialer{
	Timeout:         dialTimeout,
	KeepAliveConfig: net.KeepAliveConfig{Enable: false}, // the kernel knows of the death of a local peer
}

func dial(ctx context.Context, addr netip.AddrPort) (*net.TCPConn, error) {
	c, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, addr)
	if err != nil {
		return nil, dialError{err}
	}
	return c, nil
}
