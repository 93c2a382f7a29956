package cli

import (
	"sync"

	"supervise/ports"
	"supervise/supervisor"
)

// autoPorts are free ports from the system. An instance keeps its own for the whole run.
// It may be asked from any goroutine.
type autoPorts struct {
	mu    sync.Mutex
	ports map[supervisor.ID]int
}

// of is an instance's port. One that was not there at the start, having been scaled up,
// gets one now; 0 if the system has none.
func (p *autoPorts) of(id supervisor.ID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.ports[id]; !ok && id.Type != releaseType {
		if free, err := ports.Free(1); err == nil {
			p.ports[id] = free[0]
		}
	}
	return p.ports[id]
}
