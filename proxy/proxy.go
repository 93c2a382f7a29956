package proxy

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"sync/atomic"
	"time"
)

// Backend names one launch of one instance, e.g. {"web.1", 3}.
type Backend struct {
	Name   string
	Launch int
}

func (b Backend) String() string { return b.Name }

// Trust says whose word is taken on where a request came from.
type Trust uint8

// A peer that is trusted has its X-Forwarded-* headers kept and appended to; those of
// all others are replaced.
const (
	TrustPrivate Trust = iota // loopback and private peers (RFC 1918, RFC 4193)
	TrustNone
	TrustAll
)

// Options of a front door. The zero value is ready for use.
type Options struct {
	Trust Trust
	// ParkFor is how long a request waits for an instance; 0 is 10 s.
	ParkFor time.Duration
	// MaxParked bounds the requests that wait at a time; 0 is 1024.
	MaxParked int
	// MaxConns bounds the connections of clients, and apart from them the requests in
	// flight; 0 is a quarter of RLIMIT_NOFILE, at most 8192.
	MaxConns int
	// Report is told, at most once a second, what went wrong with a request: one line
	// for the operator. It may be called from any goroutine, and may block; nil keeps silent.
	Report func(line string)
}

// Front is one front door: a listener before the instances of one process type. All
// its methods may be called from any goroutine.
type Front struct {
	table   *table
	clients *clients
	server  *http.Server
	rewrite *httputil.ReverseProxy
	report  *reporter
	lame    atomic.Bool
	serving atomic.Int64       // requests, in whatever state
	cut     context.CancelFunc // of every request
}

// New returns a front door that nobody stands behind yet.
func New(o Options) *Front {
	o = o.withDefaults()
	ctx, cut := context.WithCancel(context.Background())
	f := &Front{
		table:   newTable(o),
		clients: newClients(o.MaxConns),
		report:  newReporter(o.Report),
		cut:     cut,
	}
	errs := log.New(f.report, "", 0)
	f.rewrite = &httputil.ReverseProxy{
		Rewrite:        rewriter(o.Trust),
		Transport:      &router{f.table},
		ModifyResponse: f.finish,
		FlushInterval:  10 * time.Millisecond, // streams are flushed at once
		BufferPool:     buffers,
		ErrorHandler:   f.fail,
		ErrorLog:       errs,
	}
	f.server = f.newServer(ctx, errs)
	return f
}

func (o Options) withDefaults() Options {
	if o.ParkFor == 0 {
		o.ParkFor = 10 * time.Second
	}
	if o.MaxParked == 0 {
		o.MaxParked = 1024
	}
	if o.MaxConns == 0 {
		o.MaxConns = min(8192, openFiles()/4)
	}
	return o
}

// Serve answers the clients of l until Shutdown, and then returns nil. It closes l.
func (f *Front) Serve(l net.Listener) error {
	if err := f.server.Serve(f.clients.listen(l)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot accept on %s: %w", l.Addr(), err)
	}
	return nil
}

// Open lets requests be sent to addr, where b listens. Those that are parked
// go first. A b that is open stays as it is.
func (f *Front) Open(b Backend, addr netip.AddrPort) {
	f.table.open(b, addr)
}

// Close ends what Open began: when it returns no request can be sent to b any more.
// Drained is called, once and in a goroutine of its own, when the last request that b
// has is over; a stream or a WebSocket is over when either end closes it. It may be nil.
func (f *Front) Close(b Backend, drained func()) {
	f.table.close(b, drained)
}

// LameDuck has every answer from now on tell its client not to come back on the same
// connection ("Connection: close"; GOAWAY in HTTP/2). Requests are served as before.
func (f *Front) LameDuck() {
	f.lame.Store(true)
}

// Shutdown stops accepting and waits until every request is over; those that are
// parked are refused as soon as no backend is open. When ctx ends, what is left is cut
// and the error says how much that was. Call it before the backends are closed.
func (f *Front) Shutdown(ctx context.Context) error {
	defer f.cut()
	f.LameDuck()
	f.table.end()
	defer time.AfterFunc(newGrace, f.clients.closeNew).Stop()
	err := f.server.Shutdown(ctx)
	if err == nil {
		err = f.table.wait(ctx) // hijacked connections are none of the server's
	}
	if err == nil || ctx.Err() == nil {
		return err
	}
	left := f.table.snapshot().InFlight
	f.server.Close()
	return fmt.Errorf("cut %d requests that had not ended: %w", left, context.Cause(ctx))
}

// Settle returns when no answer is on its way to a client, or when ctx ends. An instance is
// drained when it has given its answers, which is a moment before their clients have them:
// wait for that before the end of the process.
func (f *Front) Settle(ctx context.Context) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for f.clients.busy() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Snapshot counts what has happened so far.
func (f *Front) Snapshot() Snapshot {
	s := f.table.snapshot()
	s.Connections = f.clients.count()
	return s
}
