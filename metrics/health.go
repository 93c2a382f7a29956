package metrics

import (
	"fmt"

	"supervise/supervisor"
)

// missing tells why not all is ready, a line each. The caller has the lock.
func (m *Metrics) missing() (why []string) {
	t := m.tally
	switch {
	case t.ending || t.ended:
		return []string{"supervise is shutting down"}
	case t.seq == 0:
		return []string{"nothing has been launched yet"}
	}
	for _, i := range t.here() {
		if !m.serves(i.last) {
			why = append(why, fmt.Sprintf("%s is %s", i.last.ID, m.describe(i.last)))
		}
	}
	return why
}

// serves says that an instance is as ready as it will get, as supervise wait means it.
func (m *Metrics) serves(e supervisor.Event) bool {
	return m.isReady(e) || e.To == supervisor.Ended || e.To == supervisor.Down
}

func (m *Metrics) isReady(e supervisor.Event) bool {
	return e.Ready || e.To == supervisor.Up && m.unprobed(e.ID.Type)
}

func (m *Metrics) unprobed(typ string) bool {
	return m.options.Readiness == nil || m.options.Readiness(typ) == supervisor.ReadyUnprobed
}

func (m *Metrics) describe(e supervisor.Event) string {
	if e.To == supervisor.Up {
		return "up, not ready"
	}
	return e.To.String()
}
