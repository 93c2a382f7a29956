package metrics

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// What those who ask may take. Prometheus keeps its connection from one scrape to the next,
// a minute by default.
const (
	maxConnections = 64
	headTimeout    = 5 * time.Second
	answerTimeout  = 10 * time.Second
	loopTimeout    = 900 * time.Millisecond // Kubernetes asks for a second
	idleTimeout    = 2 * time.Minute
	maxHead        = 16 << 10
)

func (m *Metrics) server() *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.scrape())
	mux.HandleFunc("GET /healthz", m.healthz)
	mux.HandleFunc("GET /readyz", m.readyz)
	return &http.Server{
		Handler:           mux,
		ConnState:         m.crowd.changed,
		ReadHeaderTimeout: headTimeout,
		ReadTimeout:       answerTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          log.New(io.Discard, "", 0), // what clients do wrong is theirs
	}
}

// scrape answers in the format that is asked for: text, OpenMetrics, or protobuf. Those who
// ask at the same time get the same.
func (m *Metrics) scrape() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{EnableOpenMetrics: true, CoalesceGather: true})
}

// healthz asks the supervisor's loop.
func (m *Metrics) healthz(w http.ResponseWriter, r *http.Request) {
	if m.options.Alive != nil {
		ctx, cancel := context.WithTimeout(r.Context(), loopTimeout)
		defer cancel()
		if err := m.options.Alive(ctx); err != nil {
			answer(w, []string{"the supervisor does not answer: " + err.Error()})
			return
		}
	}
	answer(w, nil)
}

func (m *Metrics) readyz(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	missing := m.missing()
	m.mu.Unlock()
	answer(w, missing)
}

// answer is 200, or 503 and why.
func answer(w http.ResponseWriter, wrong []string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if len(wrong) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, strings.Join(wrong, "\n"))
		return
	}
	fmt.Fprintln(w, "ok")
}
