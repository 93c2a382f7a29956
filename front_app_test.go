package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the app behind the front door. It answers
//
//	/fast     at once
//	/slow     after 100 ms
//	/long     after a second
//	/hang     never
//	/stream   with ten events, one every 20 ms
//	/socket   by switching to a protocol that echoes
//	/headers  with those of the request
//
// and writes the id of each POST into the file journal when it has read its body. Every
// launch is another kind of app, by its number: how long it keeps idle connections, how
// long it boots, and what it does when it is told to stop. It does not boot at all while
// there is a file named broken.
func server() {
	number := launchNumber()
	if _, err := os.Stat("broken"); err == nil {
		os.Exit(1)
	}
	if number%4 == 3 {
		<-time.After(150 * time.Millisecond)
	}
	journal, err := os.OpenFile("journal", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(err)
	s := &http.Server{
		Addr:        "127.0.0.1:" + os.Getenv("PORT"),
		Handler:     routes(journal),
		IdleTimeout: idleTimeouts[number%len(idleTimeouts)],
	}
	stopped := make(chan struct{})
	go stopLike(number, s, stopped)
	if err := s.ListenAndServe(); err != http.ErrServerClosed {
		check(err)
	}
	<-stopped
}

// idleTimeouts are those of real servers (gunicorn 2 s, Node 5 s) and worse.
var idleTimeouts = []time.Duration{time.Millisecond, 5 * time.Second, 20 * time.Millisecond, 2 * time.Second, 3 * time.Millisecond}

// launchNumber is the last number of SUPERVISE_ID, and that of the instance, so that
// instances differ from each other too.
func launchNumber() int {
	parts := strings.Split(os.Getenv("SUPERVISE_ID"), ".")
	instance, err := strconv.Atoi(parts[len(parts)-2])
	check(err)
	launch, err := strconv.Atoi(parts[len(parts)-1])
	check(err)
	return instance + launch
}

// stopLike does at SIGTERM what apps do: drain, end at once, or nothing.
func stopLike(number int, s *http.Server, stopped chan struct{}) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	<-term
	fmt.Println("told to stop")
	switch number % 3 {
	case 0:
		check(s.Shutdown(context.Background()))
		close(stopped)
	case 1:
		os.Exit(0)
	}
}

func routes(journal *os.File) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/fast", func(w http.ResponseWriter, r *http.Request) { enter(journal, w, r) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		<-time.After(100 * time.Millisecond)
		enter(journal, w, r)
	})
	mux.HandleFunc("/long", func(http.ResponseWriter, *http.Request) {
		fmt.Println("begun")
		<-time.After(time.Second)
	})
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("begun")
		<-r.Context().Done()
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) { r.Header.Write(w) })
	mux.HandleFunc("/stream", stream)
	mux.HandleFunc("/socket", socket)
	return mux
}

// enter answers with the id, and with how much of a body there was.
func enter(journal *os.File, w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return
	}
	id := r.URL.Query().Get("id")
	if r.Method == http.MethodPost {
		fmt.Fprintln(journal, id)
	}
	fmt.Fprintf(w, "%s %d", id, n)
}

const events = 10

func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for n := range events {
		fmt.Fprintf(w, "data: %d\n\n", n)
		w.(http.Flusher).Flush()
		<-time.After(20 * time.Millisecond)
	}
}

const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

func socket(w http.ResponseWriter, r *http.Request) {
	conn, both, err := http.NewResponseController(w).Hijack()
	check(err)
	defer conn.Close()
	io.WriteString(conn, switching)
	for in := bufio.NewScanner(both); in.Scan(); {
		fmt.Fprintln(conn, in.Text())
	}
}
