package metrics

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// crowd bounds the connections. When one too many comes, the one that has been silent the
// longest is closed: whoever holds many cannot keep a probe out.
type crowd struct {
	most int

	mu     sync.Mutex
	silent map[net.Conn]time.Time // since when; zero: it is being answered
}

func newCrowd(most int) crowd { return crowd{most: most, silent: map[net.Conn]time.Time{}} }

// changed is a server's ConnState.
func (c *crowd) changed(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		c.silent[conn] = time.Now()
		if len(c.silent) > c.most {
			c.makeRoom()
		}
	case http.StateActive:
		c.silent[conn] = time.Time{}
	case http.StateIdle:
		c.silent[conn] = time.Now()
	default:
		delete(c.silent, conn)
	}
}

// makeRoom closes one that is silent: the newest is, at least.
func (c *crowd) makeRoom() {
	var quietest net.Conn
	for conn, since := range c.silent {
		if !since.IsZero() && (quietest == nil || since.Before(c.silent[quietest])) {
			quietest = conn
		}
	}
	delete(c.silent, quietest)
	quietest.Close()
}
