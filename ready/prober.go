package ready

import (
	"context"
	"net/http"
	"sync"
	"time"

	"supervise/ports"
)

// Prober waits for launches to get ready. Its methods may be called from any goroutine.
type Prober struct {
	listening func() ([]ports.Listener, error)
	client    http.RoundTripper

	mu      sync.Mutex
	waiting map[Key]*wait
	timer   *time.Timer // of the next look
	next    time.Time   // when that is; zero: nobody needs one
	looking bool
}

// wait is a launch that is not ready yet.
type wait struct {
	Target
	key    Key
	since  time.Time
	ready  func(Result)
	cancel context.CancelFunc
	ctx    context.Context // ends when it is ready or forgotten

	looked time.Time // when it was last looked at, or answered
	asking bool      // a request is under way
	answer string    // to the last request
	doubt  doubt     // the look's own
}

// New makes a Prober that probes nobody yet.
func New() *Prober {
	p := &Prober{listening: ports.Listening, client: newClient(), waiting: map[Key]*wait{}}
	p.timer = time.AfterFunc(time.Hour, p.look)
	p.timer.Stop()
	return p
}

// Probe returns at once and calls ready when k is, once or never, from another goroutine.
// ready must not block; it may call the Prober.
func (p *Prober) Probe(k Key, t Target, ready func(Result)) {
	w := &wait{Target: t, key: k, since: time.Now(), ready: ready}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[k] = w
	switch t.Kind {
	case Alive:
		alive := time.AfterFunc(aliveFor, func() { p.done(w, Result{p.where(t), "alive for " + aliveFor.String()}) })
		context.AfterFunc(w.ctx, func() { alive.Stop() })
	case Notify:
		t.Socket.whenReady(func() { p.done(w, Result{p.where(t), "said READY=1"}) })
	default:
		p.arm(w.since.Add(soonest))
	}
}

// Forget ends the probing of k, which may be unknown. A ready that is on its way may
// still come.
func (p *Prober) Forget(k Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.waiting[k]; w != nil {
		p.remove(w)
	}
}

// done ends w, if it has not ended yet, with r.
func (p *Prober) done(w *wait, r Result) {
	p.mu.Lock()
	current := p.waiting[w.key] == w
	if current {
		p.remove(w)
	}
	p.mu.Unlock()
	if current {
		w.ready(r)
	}
}

// remove is called with the lock. If w was the last that waits, the next look finds nobody
// and is the last.
func (p *Prober) remove(w *wait) {
	delete(p.waiting, w.key)
	w.cancel()
}
