package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// Attacher leads to the terminals of instances. Its methods may be called from any goroutine.
type Attacher interface {
	// Attach fails if an instance has none. The caller sees to it that nobody else has it.
	Attach(supervisor.ID) (Terminal, error)
}

// Terminal is the terminal of an instance: that of whichever launch is alive.
type Terminal interface {
	// Show shows what is on it, and what comes from now on, until hide is called. It may wait
	// for the output, until ctx ends.
	Show(ctx context.Context, s output.Screen, lines int) (hide func(), err error)
	// Write types. It may wait for somebody who reads, until Close.
	Write(p []byte) (int, error)
	// Resize makes it as large as the client's window; before the first call it keeps its size.
	Resize(columns, rows int)
	// Close gives it back, with the size that it had. It may be called more than once.
	Close()
}

// peerKey finds the peer of a connection in the context of its requests.
type peerKey struct{}

// attach makes the connection that of a terminal, for as long as both ends want it.
func (s *Server) attach(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), protocol) {
		w.Header().Set("Upgrade", protocol)
		refuseRequest(w, http.StatusUpgradeRequired, errors.New("a terminal needs the header Upgrade: "+protocol))
		return
	}
	id, err := s.meant(r.PathValue("instance"))
	if err != nil {
		s.refuseCommand(w, err)
		return
	}
	if e, _ := s.record.latest(id); e != nil && over(e) {
		s.refuseCommand(w, fmt.Errorf("%s is %s: there is nothing to attach to", id, e.To))
		return
	}
	_, done, ok := s.open(w)
	if !ok {
		return
	}
	defer done()
	who, _ := r.Context().Value(peerKey{}).(peer)
	leave, err := s.seats.sit(id, occupant{who, ttyName(r.FormValue("tty")), time.Now()})
	if err != nil {
		s.refuseCommand(w, err)
		return
	}
	defer leave()
	s.takeOver(w, r, id)
}

// takeOver runs a session. Its terminal is given back before its seat.
func (s *Server) takeOver(w http.ResponseWriter, r *http.Request, id supervisor.ID) {
	if s.options.Attacher == nil {
		s.refuseCommand(w, fmt.Errorf("%s has no terminal", id))
		return
	}
	terminal, err := s.options.Attacher.Attach(id)
	if err != nil {
		s.refuseCommand(w, err)
		return
	}
	defer terminal.Close()
	conn, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // nobody is there
	}
	conn.SetDeadline(time.Time{})
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n%s: %s\r\n\r\n", protocol, instanceHeader, id)
	session := &session{server: s, id: id, terminal: terminal, conn: conn, in: in.Reader, out: newOutbox()}
	columns, _ := strconv.Atoi(r.FormValue("columns"))
	rows, _ := strconv.Atoi(r.FormValue("rows"))
	session.run(windowSize{columns, rows})
}

// meant is the instance that a client names, perhaps by its type, if that has no other.
func (s *Server) meant(name string) (supervisor.ID, error) {
	found := s.record.now(selection{name}).instances
	switch len(found) {
	case 0:
		return supervisor.ID{}, fmt.Errorf("%s: %w nor process type", name, supervisor.ErrUnknown)
	case 1:
		return found[0].ID, nil
	}
	var names []string
	for _, e := range found {
		names = append(names, e.ID.String())
	}
	return supervisor.ID{}, badRequest{fmt.Errorf("%s has %d instances: name one of %s", name, len(found), strings.Join(names, ", "))}
}

// over says that no launch of an instance is alive, and none will be unless somebody asks.
func over(e *supervisor.Event) bool {
	return e.Kind == supervisor.KindRemoved || e.PID == 0 && (e.To == supervisor.Down || e.To == supervisor.Ended || e.To == supervisor.Failed)
}
