package metrics

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"supervise/supervisor"
)

// Describe says what is collected: every series of the table.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range m.descs {
		to <- d
	}
}

// Collect takes the figures of now.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	m.collect(page{m.descs, to}, time.Now())
}

func (m *Metrics) collect(p page, now time.Time) {
	p.add(buildInfo, 1, m.options.Version, runtime.Version())
	m.collectEvents(p, now)
	m.collectUsage(p, now)
	m.collectFront(p)
	if m.options.Loss != nil {
		l := m.options.Loss()
		p.add(lost, float64(l.Unread), "unread")
		p.add(lost, float64(l.Refused), "refused")
	}
}

func (m *Metrics) collectEvents(p page, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.add(allReady, oneIf(len(m.missing()) == 0))
	p.add(eventsLost, float64(m.tally.lost))
	for _, i := range m.tally.here() {
		m.collectInstance(p, i, now)
	}
	m.tally.startup.Collect(p.to)
	m.tally.drain.Collect(p.to)
}

func (m *Metrics) collectInstance(p page, i *instance, now time.Time) {
	e := i.last
	name, typ := e.ID.String(), e.ID.Type
	for s := supervisor.Down; s <= supervisor.Failed; s++ {
		p.add(state, oneIf(e.To == s), name, typ, s.String())
	}
	p.add(ready, oneIf(m.isReady(e)), name, typ)
	for c, n := range i.restarts {
		p.add(restarts, float64(n), name, typ, causes[c])
	}
	if e.HasLast {
		p.add(exitCode, float64(e.Last.ExitCode()), name, typ)
	}
	age := time.Duration(0)
	if e.PID != 0 {
		age = now.Sub(e.Since)
	}
	p.add(uptime, age.Seconds(), name, typ)
	for s, n := range m.written.of(name) {
		p.add(lines, float64(n.lines), name, typ, streams[s].String())
		p.add(size, float64(n.bytes), name, typ, streams[s].String())
	}
}

// collectUsage tells of instances that have a process.
func (m *Metrics) collectUsage(p page, now time.Time) {
	if m.options.Usage == nil {
		return
	}
	m.measuring.Lock()
	defer m.measuring.Unlock()
	if m.measured.IsZero() || now.Sub(m.measured) >= usageAge {
		m.measured, m.usage = now, m.options.Usage()
	}
	for _, id := range slices.SortedFunc(maps.Keys(m.usage), inOrder) {
		u, name := m.usage[id], id.String()
		p.add(cpu, u.CPU.Seconds(), name, id.Type)
		p.add(resident, float64(u.Resident), name, id.Type)
		p.add(openFiles, float64(u.Files), name, id.Type)
		p.add(processes, float64(u.Processes), name, id.Type)
	}
}

func inOrder(a, b supervisor.ID) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.N, b.N))
}
