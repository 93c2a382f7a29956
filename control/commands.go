package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"supervise/supervisor"
)

// maxCount bounds a type: more is a slip of the keyboard, and work for the supervisor.
const maxCount = 10_000

// A command does what an order says. What it returns is the answer but for Before, which
// the instances that about names fill in.
type command func(ctx context.Context, o order) (a accepted, about func(Instance) bool, err error)

// badRequest is an error in what the client wrote.
type badRequest struct{ error }

// command makes a handler of a command.
func (s *Server) command(do command) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var o order
		if status, err := s.read(w, r, &o); err != nil {
			refuseRequest(w, status, err)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.request)
		defer cancel()
		before := s.record.now(nil) // what happens from here on may be the command's doing
		a, about, err := do(ctx, o)
		if err != nil {
			s.refuseCommand(w, err)
			return
		}
		a.Seq, a.Before = before.seq, s.instances(before)
		a.Before = slices.DeleteFunc(a.Before, func(i Instance) bool { return !about(i) })
		answer(w, http.StatusAccepted, a)
	}
}

func (s *Server) refuseCommand(w http.ResponseWriter, err error) {
	var bad badRequest
	var occupied *occupiedError
	switch {
	case errors.As(err, &occupied):
		refuseRequest(w, http.StatusLocked, err)
	case errors.As(err, &bad):
		refuseRequest(w, http.StatusBadRequest, err)
	case errors.Is(err, supervisor.ErrUnknown), errors.Is(err, supervisor.ErrUnknownType):
		s.refuseName(w, err)
	case errors.Is(err, supervisor.ErrEnding), errors.Is(err, context.DeadlineExceeded):
		refuseRequest(w, http.StatusServiceUnavailable, err)
	default:
		refuseRequest(w, http.StatusConflict, err)
	}
}

func (s *Server) start(ctx context.Context, o order) (accepted, func(Instance) bool, error) {
	return s.toNamed(ctx, o, func(ids []supervisor.ID) supervisor.Command { return supervisor.Start{IDs: ids} })
}

func (s *Server) stop(ctx context.Context, o order) (accepted, func(Instance) bool, error) {
	return s.toNamed(ctx, o, func(ids []supervisor.ID) supervisor.Command { return supervisor.Stop{IDs: ids} })
}

func (s *Server) signal(ctx context.Context, o order) (accepted, func(Instance) bool, error) {
	if o.Signal <= 0 || o.Signal > 64 {
		return accepted{}, nil, badRequest{fmt.Errorf("%d is not a signal's number", o.Signal)}
	}
	return s.toNamed(ctx, o, func(ids []supervisor.ID) supervisor.Command {
		return supervisor.Signal{IDs: ids, Signal: syscall.Signal(o.Signal)}
	})
}

// toNamed does a command for those who are named; nobody is not everybody.
func (s *Server) toNamed(ctx context.Context, o order, c func([]supervisor.ID) supervisor.Command) (accepted, func(Instance) bool, error) {
	if len(o.Instances) == 0 {
		return accepted{}, nil, badRequest{errors.New("no instance and no process type is named")}
	}
	ids, err := parseNames(o.Instances)
	if err == nil {
		err = s.options.Supervisor.Do(ctx, c(ids))
	}
	return accepted{}, named(o.Instances), err
}

func (s *Server) restart(ctx context.Context, o order) (accepted, func(Instance) bool, error) {
	ids, err := parseNames(o.Instances)
	if err == nil {
		err = s.options.Supervisor.Do(ctx, supervisor.Restart{IDs: ids, AllAtOnce: o.AllAtOnce})
	}
	about := named(o.Instances)
	if len(ids) == 0 { // everything but what is to be done once
		about = func(i Instance) bool { return s.options.readiness(i.Type) != supervisor.ReadyDone }
	}
	return accepted{}, about, err
}

func (s *Server) down(ctx context.Context, _ order) (accepted, func(Instance) bool, error) {
	err := s.options.Supervisor.Do(ctx, supervisor.Shutdown{Cause: "supervise down"})
	return accepted{}, named(nil), err
}

func (s *Server) reload(ctx context.Context, _ order) (accepted, func(Instance) bool, error) {
	if s.options.Reload == nil {
		return accepted{}, nil, errors.New("cannot reload: this supervise has nothing to read again")
	}
	found, err := s.options.Reload(ctx)
	if err != nil {
		return accepted{}, nil, err
	}
	s.scaling.Lock()
	defer s.scaling.Unlock()
	clear(s.counts) // a type that is gone and comes back begins anew; see count
	about := append(slices.Clone(found.Changed), found.Removed...)
	return accepted{Reload: &found}, func(i Instance) bool { return slices.Contains(about, i.Type) }, nil
}

// scale sets counts one after the other: one that is refused leaves those before it done.
func (s *Server) scale(ctx context.Context, o order) (accepted, func(Instance) bool, error) {
	wanted, err := parseCounts(o.Counts)
	if err != nil {
		return accepted{}, nil, badRequest{err}
	}
	s.scaling.Lock()
	defer s.scaling.Unlock()
	counts := map[string]int{}
	for _, c := range wanted {
		n := c.N
		if c.Relative {
			n += s.count(c.Type)
		}
		if n > maxCount {
			return accepted{}, nil, badRequest{fmt.Errorf("%s=%d: at most %d instances of a type are possible", c.Type, n, maxCount)}
		}
		if n < 0 {
			return accepted{}, nil, fmt.Errorf("%s has %d: cannot take %d away", c.Type, n-c.N, -c.N)
		}
		if err := s.options.Supervisor.Do(ctx, supervisor.Scale{Type: c.Type, N: n}); err != nil {
			return accepted{}, nil, err
		}
		counts[c.Type], s.counts[c.Type] = n, n
	}
	return accepted{Counts: counts}, func(i Instance) bool { _, ok := counts[i.Type]; return ok }, nil
}

// count is how many instances a type is to have. Those there are may be on their way out,
// so what was asked for last counts.
func (s *Server) count(processType string) int {
	if n, ok := s.counts[processType]; ok {
		return n
	}
	return len(s.record.now(selection{processType}).instances)
}

// parseCounts reads "web=3", "web=+1" and "web=-1".
func parseCounts(texts []string) (all []supervisor.Scale, err error) {
	for _, text := range texts {
		name, number, ok := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || name == "" {
			return nil, fmt.Errorf("%q is not a count: want TYPE=N, TYPE=+N or TYPE=-N", text)
		}
		if slices.ContainsFunc(all, func(c supervisor.Scale) bool { return c.Type == name }) {
			return nil, fmt.Errorf("%q: %s has been given a count already", text, name)
		}
		relative := number[0] == '+' || number[0] == '-'
		all = append(all, supervisor.Scale{Type: name, N: n, Relative: relative})
	}
	if len(all) == 0 {
		return nil, errors.New("no count is given: want TYPE=N, TYPE=+N or TYPE=-N")
	}
	return all, nil
}

// parseNames reads "web.1", an instance, and "web", all of a type.
func parseNames(names []string) (ids []supervisor.ID, err error) {
	for _, name := range names {
		id := supervisor.ID{Type: name}
		if strings.Contains(name, ".") {
			if id, err = supervisor.ParseID(name); err != nil {
				return nil, badRequest{err}
			}
		}
		if name == "" {
			return nil, badRequest{errors.New("a name is empty")}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func named(names selection) func(Instance) bool {
	return func(i Instance) bool { return names.has(i.Type, i.Name) }
}
