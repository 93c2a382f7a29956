package control

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"

	"supervise/output"
	"supervise/supervisor"
)

// maxHistory is how many bytes of kept output a stream begins with at most: the newest.
const maxHistory = 16 << 20

// logQuery is what a client wants to see of the log.
type logQuery struct {
	meant  selection
	from   uint64 // the position it knows all before of
	lines  int    // the most to begin with, if it knows none
	follow bool
}

func (s *Server) readLogQuery(r *http.Request) (q logQuery, err error) {
	if q.from, err = s.position(r, 0); err != nil {
		return q, err
	}
	q.meant, q.lines = r.Form["name"], math.MaxInt
	if text := r.FormValue("lines"); text != "" && q.from == 0 {
		if q.lines, err = strconv.Atoi(text); err != nil || q.lines < 0 {
			return q, fmt.Errorf("%q is not a number of lines", text)
		}
	}
	if text := r.FormValue("follow"); text != "" {
		if q.follow, err = strconv.ParseBool(text); err != nil {
			return q, fmt.Errorf("follow=%q: want true or false", text)
		}
	}
	return q, nil
}

// logs streams what was written: what is kept, and then what comes.
func (s *Server) logs(w http.ResponseWriter, r *http.Request) {
	r.ParseForm() // what cannot be read is not there
	q, err := s.readLogQuery(r)
	if err != nil {
		refuseRequest(w, http.StatusBadRequest, err)
		return
	}
	writers := slices.DeleteFunc(slices.Clone(q.meant), func(name string) bool { return name == system })
	if name, unknown := s.unknown(writers); unknown {
		s.refuseName(w, fmt.Errorf("%s: %w nor process type", name, supervisor.ErrUnknown), system)
		return
	}
	out, done, ok := s.open(w)
	if !ok {
		return
	}
	defer done()
	f := s.options.Lines.follow(q.meant)
	defer s.options.Lines.leave(f)
	log := &logStream{server: s, out: out, at: int64(q.from)}
	log.json = output.NewJSON(&log.line)
	kept, lost := s.history(q, f) // before the head, which says that from now on all is heard
	if out.begin() != nil || log.send(kept, lost) != nil || !q.follow {
		return
	}
	for {
		select {
		case <-f.wake:
		case <-r.Context().Done():
			return
		case <-s.closing:
			log.send(s.options.Lines.take(f))
			return
		}
		if log.send(s.options.Lines.take(f)) != nil {
			return
		}
	}
}

// history is what is kept, together with what has come to f meanwhile. Whatever was
// written before the newest of it is in it: records are kept before they are followed, one
// after the other.
func (s *Server) history(q logQuery, f *follower) (all []output.Batch, lost uint64) {
	size := 0
	for _, name := range append(s.record.writers(q.meant), "") {
		if s.options.Tail == nil || name == "" && !q.meant.has(system, system) {
			continue
		}
		kept, whole := s.options.Tail.Since(name, int64(q.from))
		if q.from > 0 && !whole {
			lost++ // at least: what is not kept cannot be counted
		}
		all, size = append(all, kept...), size+sizeOf(kept)
		if size > maxHistory {
			all, size, lost = newest(all, lost)
		}
	}
	came, missed := s.options.Lines.take(f)
	all = append(all, came...)
	return lastLines(inOrder(all), q.lines), lost + missed
}

// inOrder sorts records, and drops those of which another is there: one that was kept while
// it was followed already, or one of supervise's own that is kept twice.
func inOrder(all []output.Batch) []output.Batch {
	slices.SortStableFunc(all, byOffset)
	seen := int64(-1)
	return slices.DeleteFunc(all, func(b output.Batch) bool {
		end := b.Offset + int64(len(b.Data))
		again := end <= seen
		seen = max(seen, end)
		return again
	})
}

func byOffset(a, b output.Batch) int { return cmp.Compare(a.Offset, b.Offset) }

// newest drops the oldest records until the size is that of a history.
func newest(all []output.Batch, lost uint64) (_ []output.Batch, size int, _ uint64) {
	all = inOrder(all)
	n := 0
	for size = sizeOf(all); size > maxHistory; n++ {
		size -= sizeOf(all[n : n+1])
	}
	return all[n:], size, lost + countLines(all[:n])
}

func sizeOf(all []output.Batch) (size int) {
	for _, b := range all {
		size += recordSize + len(b.Data)
	}
	return size
}

// logStream writes records as events, each once: those before at have been written.
type logStream struct {
	server *Server
	out    *stream
	at     int64
	line   bytes.Buffer
	json   output.Sink // into line
}

func (l *logStream) send(batches []output.Batch, lost uint64) error {
	if err := l.out.sendLost(lost); err != nil {
		return err
	}
	for _, b := range batches {
		if err := l.sendBatch(b); err != nil {
			return err
		}
	}
	return l.out.control.Flush()
}

// sendBatch writes an event for each line, as --log-format json would.
func (l *logStream) sendBatch(b output.Batch) error {
	for data := range bytes.Lines(b.Data) {
		end := b.Offset + int64(len(data))
		if end > l.at {
			l.at = end
			l.line.Reset()
			b.Data = data
			l.json.Write(&b)
			if err := l.out.send("", l.server.cursor(uint64(end)), l.line.Bytes()); err != nil {
				return err
			}
		}
		b.Offset = end
	}
	return nil
}
