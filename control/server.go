package control

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// Supervisor is whom the API asks: a [*supervisor.Supervisor], or what stands before it
// to refuse what cannot be launched. Its methods may be called from any goroutine.
type Supervisor interface {
	Do(context.Context, supervisor.Command) error
	Watch(limit int) (supervisor.Snapshot, *supervisor.Watcher)
}

// Options are what a Server shows and who does what it is asked for. Only Supervisor is
// needed. Functions are called from many goroutines at a time.
type Options struct {
	Supervisor Supervisor

	Tail  *output.Tail // what was written until now; nil: nothing is kept
	Lines *Lines       // what is written from now on; nil: logs do not follow

	Types     func() []string                                // of the Procfile, in its order; nil: those that have had instances
	Ports     func(supervisor.ID) int                        // PORT, or 0; nil: nobody has one
	Readiness func(typ string) supervisor.ReadyKind          // nil: nobody is probed
	Narrate   func(supervisor.Event) string                  // the line about an event, or ""; nil: none
	Usage     func(pids []int) map[int]Usage                 // of the trees of these leaders; nil: not known
	Front     func() (FrontDoor, map[supervisor.ID]Requests) // nil: there is none
	Reload    func(context.Context) (ReloadResult, error)
	Attacher  Attacher // nil: there are no terminals
}

// limits are what clients may take.
type limits struct {
	connections int           // open at a time
	streams     int           // of them events, logs and waits
	body        int64         // bytes of a request
	header      time.Duration // for the head of a request
	request     time.Duration // for all of it, and for its answer
	write       time.Duration // for a piece of a stream
}

func defaultLimits() limits {
	return limits{
		connections: 256, streams: 64, body: 64 << 10,
		header: 5 * time.Second, request: 10 * time.Second, write: 10 * time.Second,
	}
}

// Server answers on the socket.
type Server struct {
	options Options
	limits  limits
	run     string // tells this run's cursors from another's
	http    *http.Server
	record  *record
	streams chan struct{} // a token for each open stream

	recorded chan struct{} // closed when the record is complete
	forget   func()        // ends it early
	closing  chan struct{}
	once     sync.Once

	scaling   sync.Mutex // one at a time, for counts
	counts    map[string]int
	measuring sync.Mutex // one Usage at a time

	seats seats
}

// NewServer begins to record what happens. It should be made before the supervisor runs:
// what happened before is not known to it.
func NewServer(o Options) *Server { return newServer(o, defaultLimits()) }

func newServer(o Options, l limits) *Server {
	snapshot, watcher := o.Supervisor.Watch(0)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		options: o, limits: l, run: randomRun(),
		record:  newRecord(snapshot),
		streams: make(chan struct{}, l.streams),
		counts:  map[string]int{},

		recorded: make(chan struct{}), forget: cancel, closing: make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: l.header,
		ReadTimeout:       l.request,
		WriteTimeout:      2 * l.request, // what was done for so long is still told
		IdleTimeout:       3 * l.request,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what clients do wrong is theirs
	}
	s.http.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, peerKey{}, c.(*admitted).peer)
	}
	s.http.RegisterOnShutdown(func() { close(s.closing) })
	go func() {
		defer close(s.recorded)
		s.record.keep(ctx, watcher)
	}()
	return s
}

func randomRun() string {
	var b [4]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// routes are all that can be asked for.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/ping", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, struct{}{}) })
	mux.HandleFunc("GET /v1/instances", s.list)
	mux.HandleFunc("GET /v1/instances/{instance}", s.one)
	mux.HandleFunc("GET /v1/front", s.front)
	mux.HandleFunc("GET /v1/instances/{instance}/terminal", s.attach)
	mux.HandleFunc("GET /v1/events", s.events)
	mux.HandleFunc("GET /v1/logs", s.logs)
	mux.HandleFunc("GET /v1/wait", s.wait)
	mux.HandleFunc("POST /v1/start", s.command(s.start))
	mux.HandleFunc("POST /v1/stop", s.command(s.stop))
	mux.HandleFunc("POST /v1/restart", s.command(s.restart))
	mux.HandleFunc("POST /v1/signal", s.command(s.signal))
	mux.HandleFunc("POST /v1/scale", s.command(s.scale))
	mux.HandleFunc("POST /v1/reload", s.command(s.reload))
	mux.HandleFunc("POST /v1/down", s.command(s.down))
	return mux
}

// Serve answers until Close, and then returns nil, or until no connection can be accepted
// any more. It closes the listener.
func (s *Server) Serve(l *Listener) error {
	err := s.http.Serve(newGuard(l, s.limits.connections))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends the API. Open streams get what is recorded and the lines that were written
// until now, for as long as ctx allows; call it when the run and its output have ended.
// The socket is removed. It may be called more than once.
func (s *Server) Close(ctx context.Context) {
	s.once.Do(func() {
		select {
		case <-s.recorded:
		case <-ctx.Done():
		}
		s.forget()
		s.http.Shutdown(ctx) // the socket first: when a stream ends, it is free
		s.http.Close()
		s.seats.close() // sessions have a deadline of their own
	})
	<-s.recorded
}
