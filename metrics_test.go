package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// observed is a supervise that serves metrics.
type observed struct {
	*trial
	url string
}

func startObserved(t *testing.T, procfile string, args ...string) *observed {
	t.Helper()
	args = append([]string{"start", "--no-timestamp", "--metrics", "127.0.0.1:0"}, args...)
	s := &observed{trial: startIn(t, procfile, args...)}
	address := regexp.MustCompile(`metrics are at (http://[^/]*)/metrics`)
	if !within(patience, func() bool { return address.Match(s.said()) }) {
		t.Fatalf("it does not say where its metrics are:\n%s", s.said())
	}
	s.url = string(address.FindSubmatch(s.said())[1])
	return s
}

func (s *observed) get(path string) (code int, body string) {
	s.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(s.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(s.t, err)
	return answer.StatusCode, string(text)
}

// figure is that of one series, NaN's like if there is none: ok says so.
func (s *observed) figure(series string) (figure float64, ok bool) {
	s.t.Helper()
	_, page := s.get("/metrics")
	for line := range strings.Lines(page) {
		if text, found := strings.CutPrefix(strings.TrimSpace(line), series+" "); found {
			figure, err := strconv.ParseFloat(text, 64)
			must(s.t, err)
			return figure, true
		}
	}
	return 0, false
}

// waitFor waits until a series has a figure.
func (s *observed) waitFor(series string, holds func(float64) bool) {
	s.t.Helper()
	var last float64
	var there bool
	if !within(patience, func() bool { last, there = s.figure(series); return there && holds(last) }) {
		_, page := s.get("/metrics")
		s.t.Fatalf("%s is %v, there: %t, in\n%s\n%s", series, last, there, page, s.said())
	}
}

func equals(want float64) func(float64) bool { return func(f float64) bool { return f == want } }
func atLeast(min float64) func(float64) bool { return func(f float64) bool { return f >= min } }

func (s *observed) stop() {
	s.t.Helper()
	s.send(syscall.SIGTERM)
	s.end("0")
}

func TestMetricsTellWhatHappens(t *testing.T) {
	s := startObserved(t, "web: child count 1000 complain oh hold\nworker: sh -c 'sleep 0.1; exit 3'\n", "--quiet", "web")
	for series, want := range map[string]float64{
		`supervise_instance_state{name="web.1",state="up",type="web"}`:            1,
		`supervise_instance_state{name="web.1",state="down",type="web"}`:          0,
		`supervise_output_lines_total{name="web.1",stream="stdout",type="web"}`:   1000,
		`supervise_output_bytes_total{name="web.1",stream="stdout",type="web"}`:   3893,
		`supervise_output_lines_total{name="web.1",stream="stderr",type="web"}`:   1,
		`supervise_instance_restarts_total{cause="exit",name="web.1",type="web"}`: 0,
		`supervise_instance_last_exit_code{name="worker.1",type="worker"}`:        3,
		`supervise_events_lost_total`:                                             0,
		`supervise_output_lost_bytes_total{reason="unread"}`:                      0,
		`supervise_startup_duration_seconds_bucket{type="web",le="+Inf"}`:         1,
		`supervise_instance_ready{name="web.1",type="web"}`:                       1,
	} {
		s.waitFor(series, equals(want))
	}
	s.waitFor(`supervise_instance_restarts_total{cause="exit",name="worker.1",type="worker"}`, atLeast(2))
	s.waitFor(`supervise_instance_uptime_seconds{name="web.1",type="web"}`, atLeast(1))
	s.waitFor(`process_start_time_seconds`, atLeast(1e9))
	s.stop()
}

func TestMetricsFollowTheWholeTree(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what processes use is known on Linux alone")
	}
	s := startObserved(t, "web: child fork hold end daemon hold end hold\nburn: sh -c 'while :; do :; done'\n")
	s.waitFor(`supervise_instance_processes{name="web.1",type="web"}`, equals(3))
	s.waitFor(`supervise_instance_resident_memory_bytes{name="web.1",type="web"}`, atLeast(3<<20))
	s.waitFor(`supervise_instance_open_fds{name="web.1",type="web"}`, atLeast(9))
	s.waitFor(`supervise_instance_cpu_seconds_total{name="burn.1",type="burn"}`, atLeast(0.2))
	for _, i := range ps(t, s) {
		switch {
		case i.Memory < 1<<20 && i.Instance == "web.1":
			t.Errorf("ps shows %d bytes of %s, want those of three programs", i.Memory, i.Instance)
		case i.CPU < 5 && i.Instance == "burn.1":
			t.Errorf("ps shows %.1f%% of a processor for %s, want most of one", i.CPU, i.Instance)
		case i.CPU > 50 && i.Instance == "web.1":
			t.Errorf("ps shows %.1f%% of a processor for %s, which sleeps", i.CPU, i.Instance)
		}
	}
	s.stop()
}

type psLine struct {
	Instance string
	CPU      float64 `json:"cpu_percent"`
	Memory   int64   `json:"memory_bytes"`
}

func ps(t *testing.T, s *observed) (all []psLine) {
	t.Helper()
	cmd := exec.Command("supervise", "ps", "-o", "json")
	cmd.Dir, cmd.Env = s.Dir, s.Env
	out, err := cmd.Output()
	must(t, err)
	must(t, json.Unmarshal(out, &all))
	if len(all) != 2 {
		t.Fatalf("ps shows %s, want two instances", out)
	}
	return all
}

func TestProbesAnswerFromTheStartToTheShutdown(t *testing.T) {
	s := startObserved(t, "job: child answer TERM 1ms asked say up hold\n", "--ready", "notify")
	s.waitForLines("| up", 1)
	if code, body := s.get("/readyz"); code != 503 || !strings.HasPrefix(body, "job.1 is ") {
		t.Errorf("/readyz is %d %q, want 503 and job.1", code, body)
	}
	if code, body := s.get("/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("/healthz is %d %q, want 200 ok", code, body)
	}
	s.send(syscall.SIGTERM)
	s.waitForLines("| asked", 1)
	if code, body := s.get("/readyz"); code != 503 || body != "supervise is shutting down\n" {
		t.Errorf("/readyz is %d %q, want 503 and that it is shutting down", code, body)
	}
	if code, _ := s.get("/healthz"); code != 200 {
		t.Errorf("/healthz is %d while it drains, want 200", code)
	}
	s.send(syscall.SIGQUIT)
	s.end("0")
	if code, body := s.get("/healthz"); code != 0 {
		t.Errorf("/healthz is %d %q after the end, want nobody there", code, body)
	}
}

func TestReadyzIsGoodWhenAllIsReady(t *testing.T) {
	s := startObserved(t, "job: child hold\ninit: child exit 0\n", "--ready", "init=done")
	if !within(patience, func() bool { code, _ := s.get("/readyz"); return code == 200 }) {
		code, body := s.get("/readyz")
		t.Errorf("/readyz is %d %q, want 200", code, body)
	}
	s.waitFor("supervise_ready", equals(1))
	s.stop()
}

func TestAnAddressThatIsTakenIsAnErrorBeforeAnythingStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, c := range []struct{ addr, code, says string }{
		{taken.Addr().String(), "1", fmt.Sprintf("supervise: cannot serve metrics at 127.0.0.1:%s: port %[1]s is taken by pid %d (%s)\n  hint: stop it, or choose another address with --metrics\n", port, os.Getpid(), command(t))},
		{"192.0.2.1:9090", "1", "supervise: cannot serve metrics at 192.0.2.1:9090: bind: cannot assign requested address\n  hint: --metrics wants an address of this machine, like :8080 or 127.0.0.1:8080\n"},
		{"9090", "2", "supervise: --metrics: \"9090\" is not an address like :9090 or 127.0.0.1:9090\n  hint: supervise start --help lists the flags\n"},
	} {
		s := startIn(t, "web: child say up\n", "start", "--metrics", c.addr)
		s.end(c.code)
		if got := string(s.said()); got != c.says {
			t.Errorf("--metrics %s says\n%s\nwant\n%s", c.addr, got, c.says)
		}
	}
}

// command is our own short name, as the kernel has it.
func command(t *testing.T) string {
	t.Helper()
	comm, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Skip("there is no /proc")
	}
	return strings.TrimSpace(string(comm))
}

// Whoever does not ask for metrics has no listener.
func TestWithoutTheFlagNobodyListens(t *testing.T) {
	s := startIn(t, "web: child say up hold\n", "start")
	s.waitForLines("up", 1)
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.Process.Pid))
	tcp, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", s.Process.Pid))
	for _, link := range links {
		target, _ := os.Readlink(link)
		inode := strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")
		if inode != target && strings.Contains(string(tcp), " "+inode+" ") {
			t.Errorf("it has a TCP socket:\n%s", tcp)
		}
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}
