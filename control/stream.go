package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"supervise/supervisor"
)

// stream is an open answer of server-sent events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

// open begins a stream, or says that there are too many. Done gives its place back.
func (s *Server) open(w http.ResponseWriter) (out *stream, done func(), ok bool) {
	select {
	case s.streams <- struct{}{}:
	default:
		w.Header().Set("Retry-After", "1")
		refuseRequest(w, http.StatusServiceUnavailable, fmt.Errorf("%d streams are open, no more are possible", cap(s.streams)))
		return nil, nil, false
	}
	out = &stream{w: w, control: http.NewResponseController(w), timeout: s.limits.write}
	return out, func() { <-s.streams }, true
}

// begin sends the head.
func (st *stream) begin() error {
	st.w.Header().Set("Content-Type", "text/event-stream")
	st.w.Header().Set("Cache-Control", "no-store")
	return st.control.Flush()
}

// send adds an event. Name and id may be empty; data is one line, its newline included.
// A client that takes nothing for too long is cut off.
func (st *stream) send(name, id string, data []byte) error {
	st.control.SetWriteDeadline(time.Now().Add(st.timeout))
	if name != "" {
		fmt.Fprintf(st.w, "event: %s\n", name)
	}
	if id != "" {
		fmt.Fprintf(st.w, "id: %s\n", id)
	}
	_, err := fmt.Fprintf(st.w, "data: %s\n", data)
	return err
}

// sendLost says that n were dropped, if any were.
func (st *stream) sendLost(n uint64) error {
	if n == 0 {
		return nil
	}
	return st.sendJSON("lost", "", lost{n})
}

func (st *stream) sendJSON(name, id string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return st.send(name, id, append(data, '\n'))
}

// cursor names a position of this run.
func (s *Server) cursor(position uint64) string {
	return s.run + "." + strconv.FormatUint(position, 10)
}

// position is where a stream begins: after its cursor, or at last if it has none. The
// cursor of another run is before all of this one's; a bare number is one of this run's.
func (s *Server) position(r *http.Request, last uint64) (uint64, error) {
	cursor := r.Header.Get("Last-Event-ID")
	if cursor == "" {
		cursor = r.FormValue("after")
	}
	if cursor == "" {
		return last, nil
	}
	run, number, ok := strings.Cut(cursor, ".")
	if !ok {
		run, number = s.run, cursor
	}
	position, err := strconv.ParseUint(number, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%q is not a cursor: take the id of an event", cursor)
	}
	if run != s.run {
		return 0, nil
	}
	return position, nil
}

// events streams what happens.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	seq, err := s.position(r, s.record.now(nil).seq)
	if err != nil {
		refuseRequest(w, http.StatusBadRequest, err)
		return
	}
	out, done, ok := s.open(w)
	if !ok {
		return
	}
	defer done()
	if out.begin() != nil {
		return
	}
	for {
		n := s.record.after(seq)
		if s.sendNews(out, n) != nil {
			return
		}
		if len(n.events) > 0 {
			seq = n.events[len(n.events)-1].Seq
			continue
		}
		select {
		case <-n.changed: // never, after the last event
		case <-s.closing:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Server) sendNews(out *stream, n news) error {
	if err := out.sendLost(n.lost); err != nil {
		return err
	}
	for _, e := range n.events {
		if err := s.sendEvent(out, *e); err != nil {
			return err
		}
	}
	return out.control.Flush()
}

func (s *Server) sendEvent(out *stream, e supervisor.Event) error {
	return out.sendJSON("", s.cursor(e.Seq), s.options.event(e))
}
