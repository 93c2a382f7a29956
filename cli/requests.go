package cli

import (
	"supervise/control"
	"supervise/metrics"
	"supervise/proxy"
	"supervise/supervisor"
)

// requests is what ps shows of the front door, and of the instances behind it.
func (f *front) requests() (control.FrontDoor, map[supervisor.ID]control.Requests) {
	s := f.proxy.Snapshot()
	by := map[supervisor.ID]control.Requests{}
	eachInstance(s, func(id supervisor.ID, f proxy.Figures) { by[id] = requestsOf(f) })
	return control.FrontDoor{
		Address: f.listener.Addr().String(), Requests: requestsOf(s.Figures),
		Waiting: s.Parked, Connections: s.Connections,
	}, by
}

func requestsOf(f proxy.Figures) control.Requests {
	return control.Requests{PerSecond: f.PerSecond, InFlight: f.InFlight, Queue: f.Wait.Seconds(), Answers: f.Answers}
}

// figures is what metrics tell of it.
func (f *front) figures() metrics.Front {
	s := f.proxy.Snapshot()
	m := metrics.Front{
		Connections: s.Connections, Waiting: s.Parked, Retries: s.Retried, Refusals: s.Refusals,
		Served: map[supervisor.ID]metrics.Served{},
	}
	eachInstance(s, func(id supervisor.ID, f proxy.Figures) {
		m.Served[id] = metrics.Served{InFlight: f.InFlight, Answers: f.Answers, Queued: f.Queued, QueueTime: f.QueueTime}
	})
	return m
}

func eachInstance(s proxy.Snapshot, tell func(supervisor.ID, proxy.Figures)) {
	for name, f := range s.ByName {
		id, _ := supervisor.ParseID(name) // [backendOf] has made it
		tell(id, f)
	}
}
