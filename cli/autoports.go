package cli

import (
	"maps"
	"slices"
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
		p.ports[id] = p.another()
	}
	return p.ports[id]
}

// another is a free port that nobody was given: who was may not listen yet.
func (p *autoPorts) another() int {
	given := slices.Collect(maps.Values(p.ports))
	for {
		free, err := ports.Free(1)
		if err != nil {
			return 0
		}
		if !slices.Contains(given, free[0]) {
			return free[0]
		}
	}
}
