package cli

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"supervise/metrics"
	"supervise/output"
	"supervise/supervisor"
)

// metricsAddr is --metrics: an address like :9090; "" is off.
type metricsAddr string

// Set reads the flag. Port 0 is one that the system chooses.
func (m *metricsAddr) Set(s string) error {
	_, port, err := net.SplitHostPort(s)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not an address like :9090 or 127.0.0.1:9090", s)
	}
	*m = metricsAddr(s)
	return nil
}

func (m *metricsAddr) String() string { return string(*m) }

// Type is the placeholder in --help.
func (m *metricsAddr) Type() string { return "ADDR" }

// observer serves metrics. A nil one does nothing: that is a run without --metrics.
type observer struct {
	*metrics.Metrics
	listener net.Listener
}

// openMetrics takes the address, before anything starts.
func (r *run) openMetrics(s *settings) (*observer, error) {
	if s.metrics == "" {
		return nil, nil
	}
	listener, err := listenOn(string(s.metrics), "metrics", "serve metrics")
	if err != nil {
		return nil, err
	}
	r.opening = append(r.opening, fmt.Sprintf("metrics are at http://%s/metrics", listener.Addr()))
	o := metrics.Options{
		Version:   version(),
		Readiness: func(typ string) supervisor.ReadyKind { return r.app().settings.readyOf(typ).kind },
		Alive:     func(ctx context.Context) error { return r.sup.Do(ctx, supervisor.Resume{}) },
		Usage:     r.usage.byInstance,
		Loss:      func() output.Loss { return r.mux.Loss() },
	}
	if s.front != "" {
		o.Front = func() metrics.Front { return r.front.figures() }
	}
	return &observer{listener: listener, Metrics: metrics.New(o)}, nil
}

// taps are the sinks that hear what every instance writes, quiet or not.
func (r *run) taps() []output.Sink {
	taps := []output.Sink{&r.lines}
	if r.observer != nil {
		taps = append(taps, r.observer.Output())
	}
	return taps
}

// observe counts from now on, and lets clients in.
func (o *observer) observe(r *run) {
	if o == nil {
		return
	}
	o.Watch(r.sup)
	go func() {
		if err := o.Serve(o.listener); err != nil {
			r.say("metrics", fmt.Sprintf("metrics end: %v", err))
		}
	}()
}

// close ends the serving; who is being answered has until ctx ends.
func (o *observer) close(ctx context.Context) {
	if o != nil {
		o.Close(ctx)
	}
}
