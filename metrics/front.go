package metrics

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"supervise/supervisor"
)

// Front is what a front door tells of itself. Counts are since its opening.
type Front struct {
	Connections int            // of clients
	Waiting     int            // requests that wait for an instance
	Retries     uint64         // requests that were sent once more
	Refusals    map[int]uint64 // answers of its own, by status code
	Served      map[supervisor.ID]Served
}

// Served is what one instance has done behind a front door, all its launches together.
type Served struct {
	InFlight  int
	Answers   map[int]uint64 // by status code
	Queued    uint64         // requests that had to wait for it
	QueueTime time.Duration  // the sum of their waits
}

func (m *Metrics) collectFront(p page) {
	if m.options.Front == nil {
		return
	}
	f := m.options.Front()
	p.add(connections, float64(f.Connections))
	p.add(waiting, float64(f.Waiting))
	p.add(retries, float64(f.Retries))
	p.addAnswers(f.Refusals, "", "")
	for _, id := range slices.SortedFunc(maps.Keys(f.Served), inOrder) {
		s, name := f.Served[id], id.String()
		p.add(inFlight, float64(s.InFlight), name, id.Type)
		p.addSum(queue, s.Queued, s.QueueTime, name, id.Type)
		p.addAnswers(s.Answers, name, id.Type)
	}
}

func (p page) addAnswers(byCode map[int]uint64, name, typ string) {
	for code, n := range byCode {
		p.add(answers, float64(n), name, typ, strconv.Itoa(code))
	}
}
