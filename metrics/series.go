package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// series describes the series of one name.
type series struct {
	name, help string
	kind       kind
	labels     []string
}

type kind string

const (
	counter   kind = "counter"
	gauge     kind = "gauge"
	histogram kind = "histogram"
	summary   kind = "summary"
)

// What series are told apart by. The label instance is Prometheus's own: ours would become
// exported_instance at every scrape.
var (
	byType     = []string{"type"}
	byInstance = []string{"name", "type"}
	byState    = []string{"name", "type", "state"}
	byCause    = []string{"name", "type", "cause"}
	byStream   = []string{"name", "type", "stream"}
	byCode     = []string{"name", "type", "code"}
)

// The series. What is told of supervise itself comes from the collectors of client_golang.
var (
	buildInfo  = &series{"supervise_build_info", "Always 1; the labels say what is running.", gauge, []string{"version", "goversion"}}
	allReady   = &series{"supervise_ready", "1 while /readyz answers 200.", gauge, nil}
	eventsLost = &series{"supervise_events_lost_total", "Events that were not counted, because too many came at once.", counter, nil}

	state     = &series{"supervise_instance_state", "1 for the state that the instance is in, 0 for the others.", gauge, byState}
	ready     = &series{"supervise_instance_ready", "1 while the instance is ready.", gauge, byInstance}
	restarts  = &series{"supervise_instance_restarts_total", "Launches after the first, by what made them necessary.", counter, byCause}
	exitCode  = &series{"supervise_instance_last_exit_code", "Exit code of the last launch that has ended, 128+n after signal n.", gauge, byInstance}
	uptime    = &series{"supervise_instance_uptime_seconds", "Age of the launch; 0 while there is no process.", gauge, byInstance}
	cpu       = &series{"supervise_instance_cpu_seconds_total", "Processor time of all processes of the launch, in user and kernel mode.", counter, byInstance}
	resident  = &series{"supervise_instance_resident_memory_bytes", "Memory of all processes of the launch; what several share counts for each.", gauge, byInstance}
	openFiles = &series{"supervise_instance_open_fds", "Open file descriptors of all processes of the launch.", gauge, byInstance}
	processes = &series{"supervise_instance_processes", "Processes of the launch that are alive.", gauge, byInstance}

	startup = &series{"supervise_startup_duration_seconds", "From the launch of an instance until it was ready.", histogram, byType}
	drain   = &series{"supervise_drain_duration_seconds", "From the request to stop an instance until no process of it was left.", histogram, byType}

	lines = &series{"supervise_output_lines_total", "Lines that the instance has written.", counter, byStream}
	size  = &series{"supervise_output_bytes_total", "Bytes of these lines, with their ends.", counter, byStream}
	lost  = &series{"supervise_output_lost_bytes_total", "Output that was given up: unread, while standard output was blocked; refused, after it had failed.", counter, []string{"reason"}}

	answers     = &series{"supervise_front_requests_total", "Requests that were answered, by status code; without a name by the front door itself. 499: the client did not wait.", counter, byCode}
	inFlight    = &series{"supervise_front_requests_in_flight", "Requests that the instance is answering.", gauge, byInstance}
	queue       = &series{"supervise_front_queue_duration_seconds", "How long requests have waited until the instance could take them, of those that had to.", summary, byInstance}
	waiting     = &series{"supervise_front_requests_waiting", "Requests that wait for an instance.", gauge, nil}
	retries     = &series{"supervise_front_retries_total", "Requests that were sent once more, because an instance gave no answer.", counter, nil}
	connections = &series{"supervise_front_connections", "Connections of clients.", gauge, nil}
)

// table is all of them.
var table = []*series{
	buildInfo, allReady, eventsLost,
	state, ready, restarts, exitCode, uptime, cpu, resident, openFiles, processes,
	startup, drain, lines, size, lost,
	answers, inFlight, queue, waiting, retries, connections,
}

func (s *series) describe() *prometheus.Desc {
	return prometheus.NewDesc(s.name, s.help, s.labels, nil)
}

// limits are the upper ends of a histogram's buckets in seconds: two for each power of ten,
// from what a static binary takes to what a JVM does.
var limits = []float64{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100}

// durations is a histogram for each process type.
type durations struct{ *prometheus.HistogramVec }

func newDurations(s *series) durations {
	o := prometheus.HistogramOpts{Name: s.name, Help: s.help, Buckets: limits}
	return durations{prometheus.NewHistogramVec(o, s.labels)}
}

func (d durations) observe(typ string, took time.Duration) {
	d.WithLabelValues(typ).Observe(took.Seconds())
}
