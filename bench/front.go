package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// Behind every contender are the same two instances, and supervise starts all of them, so
// that the kernel schedules them alike: the front door is a part of it, and the others are
// instances beside the two.
const (
	backendRole = "backend"
	plainRole   = "plain"

	frontAddress = "127.0.0.1:17900"
	frontWarmUp  = 300 * time.Millisecond
	frontWindow  = time.Second
)

var backends = []string{"127.0.0.1:17000", "127.0.0.1:17001"}

// fronts ask what is left of a small app's speed behind a front door. A plain
// httputil.ReverseProxy is what the goal is measured by; no proxy is the price of one.
func fronts(b bed) []scenario {
	contenders := []contender{
		{"supervise --front", []string{b.supervise, "start", "web=2", "--front", frontAddress}},
		{"plain ReverseProxy", []string{b.self, plainRole}},
		{"haproxy", []string{"haproxy", "-db", "-f", filepath.Join(b.dir, "haproxy.cfg")}},
		{"nginx", []string{"nginx", "-p", b.dir, "-e", "stderr", "-c", "nginx.conf"}},
	}
	about := fmt.Sprintf("GET on %d kept connections, from a client on the same machine, two instances behind", clients)
	ask := func(name, asks, unit string, more bool, of func(crossing) float64) scenario {
		return scenario{name: name, asks: asks + about, unit: unit, more: more, contenders: contenders,
			sample: func(ctx context.Context, c contender) (float64, error) {
				passed, err := b.cross(ctx, c)
				if err != nil {
					return 0, err
				}
				return of(passed), nil
			}}
	}
	return []scenario{
		ask("front", "requests: ", "1/s", true, func(c crossing) float64 { return float64(len(c.took)) / c.seconds }),
		ask("front-p99", "the time below which 99 of 100 requests are answered: ", "ms", false, crossing.p99),
		ask("front-cpu", "the proxy's own processor time for a request (nginx: of its master alone): ", "µs", false,
			func(c crossing) float64 { return c.cpu / float64(len(c.took)) * 1e6 }),
	}
}

// cross starts a contender and sends requests through it.
func (b bed) cross(ctx context.Context, c contender) (crossing, error) {
	if err := b.configure(); err != nil {
		return crossing{}, err
	}
	procfile := fmt.Sprintf("web: exec %s %s\n", b.self, backendRole)
	start := contender{c.name, c.command}
	if c.command[0] != b.supervise {
		procfile += fmt.Sprintf("proxy: echo 0 $$ >%s; exec %s\n", b.fifo, strings.Join(c.command, " "))
		start.command = []string{b.supervise, "start", "web=2,proxy=1", "--after", "proxy=web"}
	}
	r, err := b.start(ctx, start, procfile, nil)
	if err != nil {
		return crossing{}, err
	}
	defer r.stop()
	pid := r.cmd.Process.Pid
	if c.command[0] != b.supervise {
		if _, pid, err = r.hear(); err != nil {
			return crossing{}, err
		}
	}
	passed, err := send(ctx, frontAddress, pid)
	if err != nil {
		return crossing{}, r.failed(err.Error())
	}
	return passed, nil
}

// configure writes what the peers read. Both keep connections to the instances, as ours does.
func (b bed) configure() error {
	haproxy := `defaults
	mode http
	timeout connect 5s
	timeout client 30s
	timeout server 30s
frontend front
	bind ` + frontAddress + `
	default_backend web
backend web
	balance leastconn
	server a ` + backends[0] + `
	server b ` + backends[1] + "\n"
	nginx := `daemon off; worker_processes auto; pid nginx.pid;
events { worker_connections 4096; }
http {
	access_log off;
	upstream web { least_conn; server ` + backends[0] + "; server " + backends[1] + `; keepalive 64; }
	server {
		listen ` + frontAddress + `;
		location / { proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; }
	}
}` + "\n"
	if err := os.WriteFile(filepath.Join(b.dir, "haproxy.cfg"), []byte(haproxy), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.dir, "nginx.conf"), []byte(nginx), 0o600)
}

// serveBackend answers with a line of a hundred bytes, at PORT.
func serveBackend() {
	line := []byte(strings.Repeat("x", 100) + "\n")
	fail(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(line)
	})))
}

// servePlain is what a Go programmer would write as a front door.
func servePlain() {
	var turn atomic.Uint64
	fail(http.ListenAndServe(frontAddress, &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: backends[turn.Add(1)%uint64(len(backends))]})
			r.SetXForwarded()
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true},
	}))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}
