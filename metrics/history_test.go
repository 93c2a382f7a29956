package metrics

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"supervise/output"
	"supervise/supervisor"
)

var update = flag.Bool("update", false, "rewrite what is expected; commit the change only if you understand what caused it")

var epoch = time.Date(2025, 1, 2, 15, 4, 5, 0, time.UTC)

// at is so many milliseconds after the epoch.
func at(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }

var (
	web1    = supervisor.ID{Type: "web", N: 1}
	web10   = supervisor.ID{Type: "web", N: 10}
	worker1 = supervisor.ID{Type: "worker", N: 1}
)

// history is a web that is restarted by command, a web.10 that does not get ready, and a
// worker that crashes once, then by a signal, and cannot be launched once.
var history = []supervisor.Event{
	{Kind: supervisor.KindChanged, ID: web1, Launch: 1, From: supervisor.Down, To: supervisor.Starting, Time: at(0)},
	{Kind: supervisor.KindChanged, ID: web10, Launch: 1, From: supervisor.Down, To: supervisor.Starting, Time: at(0)},
	{Kind: supervisor.KindChanged, ID: worker1, From: supervisor.Down, To: supervisor.Waiting, Time: at(0)},
	{Kind: supervisor.KindLaunched, ID: web1, Launch: 1, From: supervisor.Starting, To: supervisor.Up, Time: at(2), Since: at(2), PID: 7},
	{Kind: supervisor.KindLaunched, ID: web10, Launch: 1, From: supervisor.Starting, To: supervisor.Up, Time: at(3), Since: at(3), PID: 8},
	{Kind: supervisor.KindReady, ID: web1, Launch: 1, From: supervisor.Up, To: supervisor.Up, Time: at(252), Since: at(2), PID: 7, Ready: true},
	{Kind: supervisor.KindChanged, ID: worker1, Launch: 1, From: supervisor.Waiting, To: supervisor.Starting, Time: at(253)},
	{Kind: supervisor.KindLaunched, ID: worker1, Launch: 1, From: supervisor.Starting, To: supervisor.Up, Time: at(254), Since: at(254), PID: 9},

	{Kind: supervisor.KindExited, ID: worker1, Launch: 1, From: supervisor.Up, To: supervisor.BackingOff, Time: at(300), Status: supervisor.Status{Code: 3}, Last: supervisor.Status{Code: 3}, HasLast: true},
	{Kind: supervisor.KindChanged, ID: worker1, Launch: 2, From: supervisor.BackingOff, To: supervisor.Starting, Time: at(400), Last: supervisor.Status{Code: 3}, HasLast: true},
	{Kind: supervisor.KindLaunchFailed, ID: worker1, Launch: 2, From: supervisor.Starting, To: supervisor.BackingOff, Time: at(401), Last: supervisor.Status{Code: 3}, HasLast: true},
	{Kind: supervisor.KindChanged, ID: worker1, Launch: 3, From: supervisor.BackingOff, To: supervisor.Starting, Time: at(500)},
	{Kind: supervisor.KindLaunched, ID: worker1, Launch: 3, From: supervisor.Starting, To: supervisor.Up, Time: at(501), Since: at(501), PID: 10},
	{Kind: supervisor.KindExited, ID: worker1, Launch: 3, From: supervisor.Up, To: supervisor.Stopping, Time: at(600), Status: supervisor.Status{Signal: 9}, Left: []supervisor.Member{{PID: 11}}, Last: supervisor.Status{Signal: 9}, HasLast: true},
	{Kind: supervisor.KindChanged, ID: worker1, Launch: 3, From: supervisor.Stopping, To: supervisor.Killing, Time: at(700), Last: supervisor.Status{Signal: 9}, HasLast: true},
	{Kind: supervisor.KindGone, ID: worker1, Launch: 3, From: supervisor.Killing, To: supervisor.BackingOff, Time: at(701), Last: supervisor.Status{Signal: 9}, HasLast: true},
	{Kind: supervisor.KindChanged, ID: worker1, Launch: 4, From: supervisor.BackingOff, To: supervisor.Starting, Time: at(800), Last: supervisor.Status{Signal: 9}, HasLast: true},

	{Kind: supervisor.KindChanged, ID: web1, Launch: 1, From: supervisor.Up, To: supervisor.Draining, Time: at(900), Since: at(2), PID: 7},
	{Kind: supervisor.KindChanged, ID: web1, Launch: 1, From: supervisor.Draining, To: supervisor.Stopping, Time: at(1000), Since: at(2), PID: 7},
	{Kind: supervisor.KindExited, ID: web1, Launch: 1, From: supervisor.Stopping, To: supervisor.Stopping, Time: at(4900), HasLast: true},
	{Kind: supervisor.KindChanged, ID: web1, Launch: 2, From: supervisor.Stopping, To: supervisor.Starting, Time: at(4900), HasLast: true},
	{Kind: supervisor.KindLaunched, ID: web1, Launch: 2, From: supervisor.Starting, To: supervisor.Up, Time: at(4902), Since: at(4902), PID: 12, HasLast: true},
	{Kind: supervisor.KindReady, ID: web1, Launch: 2, From: supervisor.Up, To: supervisor.Up, Time: at(5402), Since: at(4902), PID: 12, Ready: true, HasLast: true},
}

// told has counted events, the numbers of which it gives them.
func told(o Options, events ...supervisor.Event) *Metrics {
	m := New(o)
	for i, e := range events {
		e.Seq = uint64(i + 1)
		m.count(e)
	}
	return m
}

// observed is a Metrics that knows the history and figures besides.
func observed() *Metrics {
	m := told(Options{
		Version:   "1.2.3",
		Readiness: func(string) supervisor.ReadyKind { return supervisor.ReadyPort },
		Loss:      func() output.Loss { return output.Loss{Unread: 17} },
		Usage: func() map[supervisor.ID]Usage {
			return map[supervisor.ID]Usage{web1: {CPU: 1250 * time.Millisecond, Resident: 3 << 20, Files: 12, Processes: 2}}
		},
		Front: func() Front {
			return Front{Connections: 6, Waiting: 5, Retries: 4, Refusals: map[int]uint64{503: 3}, Served: map[supervisor.ID]Served{
				web1:  {InFlight: 2, Answers: map[int]uint64{200: 40, 404: 1}, Queued: 8, QueueTime: 1500 * time.Millisecond},
				web10: {},
			}}
		},
	}, history...)
	for _, b := range []output.Batch{
		{Source: output.Source{Type: "web", Instance: "web.1"}, Data: []byte("one\ntwo\n")},
		{Source: output.Source{Type: "web", Instance: "web.1"}, Data: []byte("piece\n"), Cut: true},
		{Source: output.Source{Type: "web", Instance: "web.1"}, Data: []byte("end\n")},
		{Source: output.Source{Type: "web", Instance: "web.1"}, Stream: output.Stderr, Data: []byte("oh\n")},
		{Source: output.Source{Type: "web", Instance: "web.1"}, Stream: output.System, Data: []byte("web.1 exited\n")},
		{Source: output.Source{Type: "worker", Instance: "worker.1"}, Stream: output.TTY, Data: []byte("hi\r\n")},
	} {
		m.Output().Write(&b)
	}
	return m
}

// moment collects the figures of a time.
type moment struct {
	*Metrics
	now time.Time
}

func (m moment) Collect(to chan<- prometheus.Metric) { m.collect(page{m.descs, to}, m.now) }

// gather is what a registry that checks everything finds right.
func gather(t *testing.T, m *Metrics, now time.Time) []*dto.MetricFamily {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(moment{m, now})
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// text is a page as promtool reads it. What the toolchain says of itself is masked.
func text(t *testing.T, m *Metrics, now time.Time) string {
	t.Helper()
	var out bytes.Buffer
	e := expfmt.NewEncoder(&out, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, family := range gather(t, m, now) {
		if err := e.Encode(family); err != nil {
			t.Fatal(err)
		}
	}
	return regexp.MustCompile(`goversion="[^"]*"`).ReplaceAllString(out.String(), `goversion="GO"`)
}

func TestAHistoryIsToldInFull(t *testing.T) {
	const file = "testdata/history.prom"
	got := text(t, observed(), at(6902))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d of %s:\nwant %s\ngot  %s", i+1, file, w[i], g[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
}

func TestPromtoolFindsNothingToSay(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("promtool is missing: apt-get install prometheus")
	}
	_, page := get(observed(), "GET", "/metrics") // with what the collectors of client_golang say
	if said, err := promtool(page); err != nil || said != "" {
		t.Errorf("promtool check metrics: %v\n%s", err, said)
	}
	if said, err := promtool(strings.ReplaceAll(page, "restarts_total", "restarts")); err == nil {
		t.Errorf("promtool lets a counter without _total through, saying %q", said)
	}
}

func promtool(page string) (said string, err error) {
	cmd := exec.Command("promtool", "check", "metrics")
	cmd.Stdin = strings.NewReader(page)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestThePageComesInTheFormatThatIsAskedFor(t *testing.T) {
	for accept, want := range map[string]struct{ format, has string }{
		"":                             {"text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "# TYPE supervise_front_retries_total counter\n"},
		"application/openmetrics-text": {"application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores", "\n# EOF\n"},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		observed().http.Handler.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != want.format {
			t.Errorf("Accept %q: %d %s, want 200 %s", accept, w.Code, got, want.format)
		}
		if !strings.Contains(w.Body.String(), want.has) {
			t.Errorf("Accept %q: want %q in\n%s", accept, want.has, w.Body)
		}
	}
}

func TestThePageTellsOfSuperviseItself(t *testing.T) {
	_, page := get(observed(), "GET", "/metrics")
	for _, series := range []string{"process_cpu_seconds_total", "process_start_time_seconds", "go_goroutines", "go_memstats_heap_alloc_bytes"} {
		if !strings.Contains(page, "\n"+series+" ") {
			t.Errorf("%s is not told", series)
		}
	}
}
