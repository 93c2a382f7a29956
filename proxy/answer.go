package proxy

import (
	"io"
	"sync"
)

// answer is the body of an answer. It holds the connection, and over ends the claim.
type answer struct {
	io.Reader
	conn *conn
	pool *pool
	up   *upload // nil: sent before the answer was read
	stop func() bool
	over func()
	last bool // the backend closes the connection after it

	ended, closed bool
}

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.ended = a.ended || err == io.EOF
	return n, err
}

// Close keeps the connection if everything on it has been said, by both sides.
func (a *answer) Close() error {
	if a.closed {
		return nil
	}
	a.closed = true
	switch alone := a.stop(); {
	case !alone || !a.ended:
		a.conn.close()
	case a.last || !a.up.sent() || a.conn.in.Buffered() > 0:
		a.conn.reset()
	default:
		a.pool.put(a.conn)
	}
	a.over()
	return nil
}

// tunnel is what a connection is after a 101: bytes both ways, each ending for itself.
type tunnel struct {
	conn *conn
	stop func() bool
	over func()
	once sync.Once
}

func (t *tunnel) Read(p []byte) (int, error)  { return t.conn.in.Read(p) }
func (t *tunnel) Write(p []byte) (int, error) { return t.conn.tcp.Write(p) }
func (t *tunnel) CloseWrite() error           { return t.conn.tcp.CloseWrite() }

func (t *tunnel) Close() error {
	t.once.Do(func() {
		t.stop()
		t.conn.close()
		t.over()
	})
	return nil
}
