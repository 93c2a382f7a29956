package proxy

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// clients bounds the connections that clients hold. When there are too many, the one
// that has been idle for the longest time goes, or has never sent anything; while there is
// none, none is accepted.
type clients struct {
	max      int
	patience time.Duration
	freed    chan struct{} // a token: a connection became idle or closed

	mu    sync.Mutex
	conns map[*clientConn]struct{}
}

// clientConn is one connection of a client.
type clientConn struct {
	net.Conn
	set   *clients
	state atomic.Int32 // an http.ConnState
	since atomic.Int64 // Unix ns of its last change

	lingers atomic.Bool // it ends in the middle of a request
}

// clientKey is where the context of a request has its clientConn.
type clientKey struct{}

func newClients(max int) *clients {
	return &clients{
		max: max, patience: patience,
		freed: make(chan struct{}, 1), conns: make(map[*clientConn]struct{}),
	}
}

func (s *clients) listen(l net.Listener) net.Listener {
	return &boundedListener{Listener: l, set: s, closed: make(chan struct{})}
}

// boundedListener accepts into a set.
type boundedListener struct {
	net.Listener
	set    *clients
	once   sync.Once
	closed chan struct{}
}

func (l *boundedListener) Accept() (net.Conn, error) {
	for !l.set.makeRoom() {
		select {
		case <-l.set.freed:
		case <-time.After(newGrace): // one may have been silent for long enough
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.set.add(c), nil
}

func (l *boundedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func (s *clients) add(c net.Conn) *clientConn {
	client := &clientConn{Conn: c, set: s}
	client.since.Store(time.Now().UnixNano())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[client] = struct{}{}
	return client
}

// makeRoom says whether one more may be accepted. A busy connection is never closed.
func (s *clients) makeRoom() bool {
	s.mu.Lock()
	full := len(s.conns) >= s.max
	var oldest *clientConn
	for c := range s.conns {
		if !full {
			break
		}
		if (c.is(http.StateIdle) || c.silent()) && (oldest == nil || c.since.Load() < oldest.since.Load()) {
			oldest = c
		}
	}
	s.mu.Unlock()
	if oldest != nil {
		oldest.Close()
	}
	return !full || oldest != nil
}

// closeNew closes what has been connected for a while and never sent a request.
func (s *clients) closeNew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.silent() {
			c.Conn.Close() // not c.Close, which takes the lock
		}
	}
}

func (s *clients) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// busy says that a request has begun to come whose answer is not all written.
func (s *clients) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.is(http.StateActive) {
			return true
		}
	}
	return false
}

// changed is the server's ConnState hook.
func (s *clients) changed(c net.Conn, state http.ConnState) {
	client := c.(*clientConn)
	client.state.Store(int32(state))
	client.since.Store(time.Now().UnixNano())
	if state == http.StateIdle {
		s.signal()
	}
}

func (s *clients) signal() {
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

func (c *clientConn) is(state http.ConnState) bool {
	return http.ConnState(c.state.Load()) == state
}

// silent says that it has been connected for a while and never sent anything.
func (c *clientConn) silent() bool {
	return c.is(http.StateNew) && c.since.Load() <= time.Now().Add(-newGrace).UnixNano()
}

// Write gives up a client that does not read.
func (c *clientConn) Write(p []byte) (int, error) {
	c.SetWriteDeadline(time.Now().Add(c.set.patience))
	return c.Conn.Write(p)
}

// CloseWrite is for tunnels: each direction ends for itself.
func (c *clientConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (c *clientConn) Close() error {
	c.set.mu.Lock()
	delete(c.set.conns, c)
	c.set.mu.Unlock()
	c.set.signal()
	if c.lingers.Load() {
		go c.linger()
		return nil
	}
	return c.Conn.Close()
}

// lingerFor is how long what a client goes on sending is read, so that it does not lose the
// answer to a reset (RFC 9112, section 9.6); net/http waits as long.
const lingerFor = 500 * time.Millisecond

func (c *clientConn) linger() {
	c.CloseWrite()
	c.SetReadDeadline(time.Now().Add(lingerFor))
	io.Copy(io.Discard, c.Conn)
	c.Conn.Close()
}
