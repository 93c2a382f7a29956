package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// prometheus is a real one, which scrapes us.
type prometheus struct {
	t   *testing.T
	log string // a file
}

func startPrometheus(t *testing.T, target string) *prometheus {
	t.Helper()
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Skip("prometheus is missing: apt-get install prometheus")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	write(t, config, fmt.Sprintf("scrape_configs:\n- {job_name: supervise, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [targets: [%q]]}\n", target))
	p := &prometheus{t, filepath.Join(dir, "log")}
	log, err := os.Create(p.log)
	must(t, err)
	defer log.Close()
	cmd := exec.Command("prometheus", "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return p
}

func (p *prometheus) said() string {
	text, _ := os.ReadFile(p.log)
	return string(text)
}

// ask is the instant value of an expression that has one.
func (p *prometheus) ask(expr string) (value string, labels map[string]string) {
	address := regexp.MustCompile(`Listening on.*address=(127\.0\.0\.1:\d+)`).FindStringSubmatch(p.said())
	if address == nil {
		return "", nil
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address[1] + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		return "", nil
	}
	defer answer.Body.Close()
	var body struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  []any
			}
		}
	}
	if json.NewDecoder(answer.Body).Decode(&body) != nil || len(body.Data.Result) != 1 {
		return "", nil
	}
	return fmt.Sprint(body.Data.Result[0].Value[1]), body.Data.Result[0].Metric
}

func TestARealPrometheusScrapesUs(t *testing.T) {
	s := startObserved(t, "web: child say hello hold\n")
	target := strings.TrimPrefix(s.url, "http://")
	p := startPrometheus(t, target)
	for expr, want := range map[string]string{
		`up{job="supervise"}`: "1",
		`supervise_output_lines_total{name="web.1",stream="stdout"}`:            "1",
		`sum(supervise_instance_state{name="web.1"})`:                           "1",
		`supervise_instance_ready{name="web.1",type="web"}`:                     "1",
		`supervise_startup_duration_seconds_count{type="web"}`:                  "1",
		`histogram_quantile(1, supervise_startup_duration_seconds_bucket) <= 3`: "3",
	} {
		var got string
		if !within(patience, func() bool { got, _ = p.ask(expr); return got == want }) {
			t.Errorf("%s is %q, want %s\n%s", expr, got, want, p.said())
		}
	}
	_, labels := p.ask(`supervise_instance_ready`)
	if labels["instance"] != target || labels["exported_instance"] != "" {
		t.Errorf("its labels are %v, want %s as instance and no other instance", labels, target)
	}
	s.stop()
}
