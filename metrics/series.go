package metrics

import dto "github.com/prometheus/client_model/go"

// series describes the series of one name.
type series struct {
	name, help string
	kind       dto.MetricType
	labels     []string
}

const (
	counter   = dto.MetricType_COUNTER
	gauge     = dto.MetricType_GAUGE
	histogram = dto.MetricType_HISTOGRAM
)

// What series are told apart by. The label instance is Prometheus's own: ours would become
// exported_instance at every scrape.
var (
	byType     = []string{"type"}
	byInstance = []string{"name", "type"}
	byState    = []string{"name", "type", "state"}
	byCause    = []string{"name", "type", "cause"}
	byStream   = []string{"name", "type", "stream"}
)

// The series, in the order in which they are told.
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

	ownCPU      = &series{"process_cpu_seconds_total", "Processor time of supervise itself, in user and kernel mode.", counter, nil}
	ownResident = &series{"process_resident_memory_bytes", "Memory of supervise itself.", gauge, nil}
	ownFiles    = &series{"process_open_fds", "Open file descriptors of supervise itself.", gauge, nil}
	ownLimit    = &series{"process_max_fds", "How many file descriptors supervise may open.", gauge, nil}
	ownStart    = &series{"process_start_time_seconds", "When supervise was started, since the Unix epoch.", gauge, nil}
	goroutines  = &series{"go_goroutines", "Goroutines of supervise.", gauge, nil}
	heap        = &series{"go_memstats_heap_alloc_bytes", "Heap of supervise that is in use.", gauge, nil}
	goMemory    = &series{"go_memstats_sys_bytes", "Memory that supervise has from the system.", gauge, nil}
)

// table is all of them.
var table = []*series{
	buildInfo, allReady, eventsLost,
	state, ready, restarts, exitCode, uptime, cpu, resident, openFiles, processes,
	startup, drain, lines, size, lost,
	ownCPU, ownResident, ownFiles, ownLimit, ownStart, goroutines, heap, goMemory,
}
