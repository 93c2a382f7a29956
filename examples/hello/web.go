package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// slowest is the longest that /slow may take.
const slowest = time.Minute

// web serves HTTP on $PORT. When ctx ends it stops listening and finishes the
// requests in flight.
func web(ctx context.Context, say *log.Logger, _ []string) error {
	listener, err := net.Listen("tcp", ":"+cmp.Or(os.Getenv("PORT"), "5000"))
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	say.Printf("listening on http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)

	var inFlight atomic.Int64
	server := &http.Server{Handler: logged(say, &inFlight, pages()), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
	}

	say.Printf("stopping, requests in flight: %d", inFlight.Load())
	if err := server.Shutdown(context.Background()); err != nil {
		return fmt.Errorf("cannot finish the requests in flight: %w", err)
	}
	say.Print("every request is finished, bye")
	return nil
}

func pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", greet)
	mux.HandleFunc("GET /slow", slow)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

func greet(w http.ResponseWriter, _ *http.Request) {
	greeting, instance := cmp.Or(os.Getenv("GREETING"), "Hello"), cmp.Or(os.Getenv("PS"), "nobody's instance")
	fmt.Fprintf(w, "%s, from %s on port %s\n", greeting, instance, os.Getenv("PORT"))
}

// slow answers at once that it has begun, and after ?ms= milliseconds that it is done.
func slow(w http.ResponseWriter, r *http.Request) {
	ms, err := strconv.Atoi(cmp.Or(r.FormValue("ms"), "1000"))
	if err != nil || ms < 0 || ms > int(slowest.Milliseconds()) {
		http.Error(w, fmt.Sprintf("ms is %q, expected 0 to %d", r.FormValue("ms"), slowest.Milliseconds()), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, "working")
	http.NewResponseController(w).Flush()
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
		fmt.Fprintf(w, "done after %d ms\n", ms)
	case <-r.Context().Done():
	}
}

// logged says a line for every finished request and counts those that are not.
func logged(say *log.Logger, inFlight *atomic.Int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		began, answer := time.Now(), &statusKeeper{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		say.Printf("%s %s %d in %v", r.Method, r.RequestURI, answer.status, time.Since(began).Round(time.Microsecond))
	})
}

// statusKeeper remembers the status for the log.
type statusKeeper struct {
	http.ResponseWriter
	status int
}

func (k *statusKeeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (k *statusKeeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
