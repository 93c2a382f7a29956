package control

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxRefusals is how many of those who are not let in are told why at a time.
const maxRefusals = 32

// guard lets in who may ask, as many as there are slots.
type guard struct {
	*Listener
	slots    chan struct{} // a token for each that is in
	refusals chan struct{} // and for each that is being refused
}

func newGuard(l *Listener, connections int) *guard {
	return &guard{Listener: l, slots: make(chan struct{}, connections), refusals: make(chan struct{}, maxRefusals)}
}

// Accept waits for somebody to let in.
func (g *guard) Accept() (net.Conn, error) {
	for {
		c, err := g.AcceptUnix()
		if err != nil {
			return nil, err
		}
		p, err := peerOf(c)
		if err != nil || !p.mayAsk() {
			g.refuse(c, http.StatusForbidden, fmt.Sprintf("uid %d may not ask here", p.uid))
			continue
		}
		select {
		case g.slots <- struct{}{}:
			return &admitted{UnixConn: c, peer: p, leave: sync.OnceFunc(func() { <-g.slots })}, nil
		default:
			g.refuse(c, http.StatusServiceUnavailable, "too many connections are open")
		}
	}
}

// refuse says why, if there is room for it, and hangs up. It does not wait for the client.
func (g *guard) refuse(c *net.UnixConn, status int, reason string) {
	select {
	case g.refusals <- struct{}{}:
	default:
		c.Close()
		return
	}
	go func() {
		defer func() { <-g.refusals }()
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		c.Read(make([]byte, 4<<10)) // an answer before the question would be taken for an error
		body := fmt.Sprintf("{\"error\":%q}\n", reason)
		fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
			status, http.StatusText(status), len(body), body)
	}()
}

// admitted is a connection that holds a slot.
type admitted struct {
	*net.UnixConn
	peer  peer
	leave func()
}

// Close gives the slot back. It may be called more than once.
func (a *admitted) Close() error {
	defer a.leave()
	return a.UnixConn.Close()
}
