package metrics

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"supervise/output"
	"supervise/supervisor"
)

// queueSize is how many events may wait to be counted: a burst of a thousand instances.
const queueSize = 1 << 14

// usageAge is how old figures of processes may be, so that many who ask cost what one does.
const usageAge = time.Second

// Usage is what processes use.
type Usage struct {
	CPU       time.Duration // must not fall while a launch lives
	Resident  int64         // bytes
	Files     int           // open descriptors
	Processes int           // alive
}

// Options say where figures come from that are no events. Every function may be nil: its
// series are missing then. They are called from many goroutines at a time, Usage from one.
type Options struct {
	Version string

	Readiness func(typ string) supervisor.ReadyKind // nil: nobody is probed
	Alive     func(context.Context) error           // nil when the supervisor's loop has answered
	Usage     func() map[supervisor.ID]Usage        // of all that have a process
	Loss      func() output.Loss
	Front     func() Front
}

// Supervisor is whose events are counted: a [*supervisor.Supervisor].
type Supervisor interface {
	Watch(limit int) (supervisor.Snapshot, *supervisor.Watcher)
}

// Metrics counts and serves. It is a [prometheus.Collector]. Its methods may be called from
// any goroutine.
type Metrics struct {
	options Options
	descs   map[*series]*prometheus.Desc
	queue   int // of events that wait
	written written
	http    *http.Server
	crowd   crowd
	stop    context.CancelFunc
	stopped chan struct{} // closed when nothing is counted any more; nil: nothing ever was

	mu    sync.Mutex // for tally
	tally *tally

	measuring sync.Mutex // for what follows; one scrape looks at a time
	measured  time.Time
	usage     map[supervisor.ID]Usage
}

// New counts nothing yet.
func New(o Options) *Metrics {
	m := &Metrics{
		options: o, queue: queueSize, tally: newTally(), crowd: newCrowd(maxConnections),
		descs: map[*series]*prometheus.Desc{},
	}
	for _, s := range table {
		m.descs[s] = s.describe()
	}
	m.http = m.server()
	return m
}

// Output is a sink that counts lines and bytes. It belongs among the mux's taps.
func (m *Metrics) Output() output.Sink { return &m.written }

// Watch counts events from now on. Call it once, before s runs.
func (m *Metrics) Watch(s Supervisor) {
	ctx, stop := context.WithCancel(context.Background())
	m.stop, m.stopped = stop, make(chan struct{})
	snapshot, w := s.Watch(m.queue)
	m.resume(snapshot)
	go func() {
		defer close(m.stopped)
		m.follow(ctx, s, w)
	}()
}

// Serve answers until Close, and then returns nil, or until no connection can be accepted
// any more. It closes the listener.
func (m *Metrics) Serve(l net.Listener) error {
	if err := m.http.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// Close ends counting and serving; who is being answered has until ctx ends.
func (m *Metrics) Close(ctx context.Context) {
	if m.stop != nil {
		m.stop()
		<-m.stopped
	}
	m.http.Shutdown(ctx)
	m.http.Close()
}

// follow counts until the last event. What it misses when it is too slow it takes from a
// snapshot.
func (m *Metrics) follow(ctx context.Context, s Supervisor, w *supervisor.Watcher) {
	defer func() { w.Close() }()
	for {
		e, lost, err := w.Next(ctx)
		switch {
		case err != nil:
			m.end()
			return
		case lost > 0:
			w.Close()
			var snapshot supervisor.Snapshot
			snapshot, w = s.Watch(m.queue)
			m.resume(snapshot)
		default:
			m.count(*e)
		}
	}
}

func (m *Metrics) count(e supervisor.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.count(e)
}

func (m *Metrics) resume(s supervisor.Snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.resume(s)
}

func (m *Metrics) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.ended = true
}
