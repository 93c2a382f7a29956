package proxy

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// keepFor is how long a connection to a backend may be idle: less than application
// servers allow by default (gunicorn 2 s, Node 5 s, Puma 20 s).
const keepFor = time.Second

// pool keeps the idle connections of one backend.
type pool struct {
	addr netip.AddrPort

	mu     sync.Mutex
	idle   []*conn // the one idle for the longest time first
	closed bool
	sweep  *time.Timer // runs while any is idle
}

// get returns a connection: one that is idle and alive if pooled ones will do.
// A fresh one takes the place of an idle one, so that a server with one thread is not
// waiting at a connection on which nothing will come.
func (p *pool) get(ctx context.Context, fresh bool) (*conn, error) {
	if fresh {
		if c := p.oldest(); c != nil {
			c.reset()
		}
	}
	for !fresh {
		c := p.newest()
		if c == nil {
			break
		}
		if c.alive() {
			return c, nil
		}
		c.close()
	}
	tcp, err := dial(ctx, p.addr)
	if err != nil {
		return nil, err
	}
	return newConn(tcp)
}

func (p *pool) newest() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	c := p.idle[last]
	p.idle[last] = nil
	p.idle = p.idle[:last]
	return c
}

func (p *pool) oldest() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	c := p.idle[0]
	p.drop(1)
	return c
}

// drop forgets the n connections that have been idle for the longest time.
func (p *pool) drop(n int) {
	rest := copy(p.idle, p.idle[n:])
	clear(p.idle[rest:])
	p.idle = p.idle[:rest]
}

// put takes back a connection on which everything has been said.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.close()
		return
	}
	c.idleSince = time.Now()
	p.idle = append(p.idle, c)
	switch {
	case p.sweep == nil:
		p.sweep = time.AfterFunc(keepFor, p.expire)
	case len(p.idle) == 1:
		p.sweep.Reset(keepFor)
	}
}

// expire closes what has been idle for too long.
func (p *pool) expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, n := time.Now(), 0
	for n < len(p.idle) && now.Sub(p.idle[n].idleSince) >= keepFor {
		p.idle[n].close()
		n++
	}
	p.drop(n)
	if len(p.idle) > 0 {
		p.sweep.Reset(keepFor - now.Sub(p.idle[0].idleSince))
	}
}

// close closes what is idle, and later what is put back.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.close()
	}
	p.idle = nil
	if p.sweep != nil {
		p.sweep.Stop()
	}
}
