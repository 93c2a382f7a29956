package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// switcher keeps what a client has said before its switch of protocols was answered, which
// httputil.ReverseProxy would leave in a buffer.
type switcher struct{ http.ResponseWriter }

func (w switcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack is asked for by httputil when the backend has agreed.
func (w switcher) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if client, ok := conn.(*clientConn); ok && both.Reader.Buffered() > 0 {
		said := make([]byte, both.Reader.Buffered())
		io.ReadFull(both.Reader, said)
		conn = &switchedConn{client, said}
	}
	return conn, both, err
}

// switchedConn is a connection of which something has been read.
type switchedConn struct {
	*clientConn
	said []byte
}

func (c *switchedConn) Read(p []byte) (int, error) {
	if len(c.said) == 0 {
		return c.clientConn.Read(p)
	}
	n := copy(p, c.said)
	c.said = c.said[n:]
	return n, nil
}
