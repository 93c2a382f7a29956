package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"supervise/supervisor"
)

// answer writes a body. The server's deadline for it stands.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // fails only when the client is gone
}

func refuseRequest(w http.ResponseWriter, status int, err error) {
	answer(w, status, refusal{Error: err.Error()})
}

// refuseName answers for a name that means nothing. More are names that mean something
// here, besides those of types and instances.
func (s *Server) refuseName(w http.ResponseWriter, err error, more ...string) {
	names := slices.Clone(s.options.types())
	for _, e := range s.record.now(nil).instances {
		if !slices.Contains(names, e.ID.Type) {
			names = append(names, e.ID.Type)
		}
		names = append(names, e.ID.String())
	}
	answer(w, http.StatusNotFound, refusal{Error: err.Error(), Known: append(names, more...)})
}

// unknown returns the first name that is no instance's and no type's, and whether there is
// one.
func (s *Server) unknown(meant selection) (name string, found bool) {
	i := slices.IndexFunc(meant, func(name string) bool {
		return !slices.Contains(s.options.types(), name) && !s.record.knows(name)
	})
	if i < 0 {
		return "", false
	}
	return meant[i], true
}

// read decodes the body of a request. None at all is like {}.
func (s *Server) read(w http.ResponseWriter, r *http.Request, into any) (status int, err error) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.limits.body))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil || err == io.EOF:
		return http.StatusOK, nil
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, fmt.Errorf("a request may have %d bytes", tooLarge.Limit)
	default:
		return http.StatusBadRequest, fmt.Errorf("cannot read the request: %w", err)
	}
}

// list answers with all instances.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	all := s.instances(s.record.now(nil))
	s.measure(all)
	s.addRequests(all)
	answer(w, http.StatusOK, all)
}

// one answers with an instance and its changes.
func (s *Server) one(w http.ResponseWriter, r *http.Request) {
	id, err := supervisor.ParseID(r.PathValue("instance"))
	if err != nil {
		s.refuseName(w, err)
		return
	}
	changes := s.record.changes(id)
	if len(changes) == 0 {
		s.refuseName(w, fmt.Errorf("%s: %w", id, supervisor.ErrUnknown))
		return
	}
	found := []Instance{s.options.instance(*changes[len(changes)-1], time.Now())}
	s.measure(found)
	s.addRequests(found)
	for _, e := range changes {
		found[0].Changes = append(found[0].Changes, s.options.event(*e))
	}
	answer(w, http.StatusOK, found[0])
}

// instances is never nil: in JSON it is a list.
func (s *Server) instances(st state) []Instance {
	now, all := time.Now(), make([]Instance, 0, len(st.instances))
	for _, e := range st.instances {
		all = append(all, s.options.instance(e, now))
	}
	return all
}

// measure adds what the instances use. It is done by one at a time, so that many who ask
// do not read /proc all at once.
func (s *Server) measure(all []Instance) {
	if s.options.Usage == nil {
		return
	}
	var pids []int
	for _, i := range all {
		if i.PID != 0 {
			pids = append(pids, i.PID)
		}
	}
	s.measuring.Lock()
	defer s.measuring.Unlock()
	used := s.options.Usage(pids)
	for i := range all {
		if u, ok := used[all[i].PID]; ok && all[i].PID != 0 {
			all[i].Usage = &u
		}
	}
}

// front answers with the front door.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if s.options.Front == nil {
		refuseRequest(w, http.StatusNotFound, errors.New("there is no front door"))
		return
	}
	door, _ := s.options.Front()
	answer(w, http.StatusOK, door)
}

// addRequests adds what goes to the instances through the front door.
func (s *Server) addRequests(all []Instance) {
	if s.options.Front == nil {
		return
	}
	_, by := s.options.Front()
	for i := range all {
		id, _ := supervisor.ParseID(all[i].Name)
		if r, ok := by[id]; ok {
			all[i].Requests = &r
		}
	}
}
