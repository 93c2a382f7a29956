package control

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"supervise/supervisor"
)

// For is what is waited for.
type For string

// ForReady: every instance is ready, or has ended well and is not to be launched again.
// Where nobody is named, those that were stopped by command do not count. ForStopped:
// none has a process, nor will have one unasked.
const (
	ForReady   For = "ready"
	ForStopped For = "stopped"
)

// wait answers when it is so, or when the timeout is over: 0 at once, none never.
func (s *Server) wait(w http.ResponseWriter, r *http.Request) {
	what, meant := For(r.FormValue("for")), selection(r.Form["name"])
	if what == "" {
		what = ForReady
	}
	if what != ForReady && what != ForStopped {
		refuseRequest(w, http.StatusBadRequest, fmt.Errorf("cannot wait for %q: want %s or %s", what, ForReady, ForStopped))
		return
	}
	ctx, cancel, err := waitContext(r)
	if err != nil {
		refuseRequest(w, http.StatusBadRequest, err)
		return
	}
	defer cancel()
	if name, unknown := s.unknown(meant); unknown {
		s.refuseName(w, fmt.Errorf("%s: %w nor process type", name, supervisor.ErrUnknown))
		return
	}
	out, done, ok := s.open(w)
	if !ok {
		return
	}
	defer done()
	out.control.SetWriteDeadline(time.Time{})
	missing := s.await(ctx, what, meant)
	out.control.SetWriteDeadline(time.Now().Add(out.timeout))
	if len(missing) > 0 {
		refuseRequest(w, http.StatusGatewayTimeout, fmt.Errorf("not %s: %s", what, strings.Join(missing, ", ")))
		return
	}
	answer(w, http.StatusOK, struct{}{})
}

func waitContext(r *http.Request) (context.Context, context.CancelFunc, error) {
	text := r.FormValue("timeout")
	if text == "" {
		ctx, cancel := context.WithCancel(r.Context())
		return ctx, cancel, nil
	}
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout < 0 {
		return nil, nil, fmt.Errorf("%q is not a timeout: want one like 10s", text)
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	return ctx, cancel, nil
}

// await returns who is missing when ctx ends, or when nobody is.
func (s *Server) await(ctx context.Context, what For, meant selection) []string {
	for {
		st := s.record.now(meant)
		missing := s.missing(st, what, meant)
		if len(missing) == 0 || st.changed == nil || ctx.Err() != nil {
			return missing
		}
		select {
		case <-st.changed:
		case <-ctx.Done():
		}
	}
}

// missing tells who is not as is waited for: "web.1 is starting".
func (s *Server) missing(st state, what For, meant selection) (missing []string) {
	there := func(e supervisor.Event) bool { return s.serves(e, len(meant) == 0) }
	if what == ForStopped {
		there = func(e supervisor.Event) bool { return stopped(e.To) }
	}
	for _, e := range st.instances {
		if !there(e) {
			missing = append(missing, fmt.Sprintf("%s is %s", e.ID, s.describe(e)))
		}
	}
	if what == ForStopped {
		return missing
	}
	if st.seq == 0 {
		missing = append(missing, "nothing has been launched yet")
	}
	for _, name := range meant {
		if !slices.ContainsFunc(st.instances, func(e supervisor.Event) bool { return selection{name}.has(e.ID.Type, e.ID.String()) }) {
			missing = append(missing, name+" has no instance")
		}
	}
	return missing
}

// serves says that an instance is as ready as it will get.
func (s *Server) serves(e supervisor.Event, downIsFine bool) bool {
	return s.options.ready(e) || e.To == supervisor.Ended || downIsFine && e.To == supervisor.Down
}

func (s *Server) describe(e supervisor.Event) string {
	if e.To == supervisor.Up && !s.options.ready(e) {
		return "up, not ready"
	}
	return e.To.String()
}

// stopped says that there is no process, and that none will come unasked.
func stopped(s supervisor.State) bool {
	return s == supervisor.Down || s == supervisor.Ended || s == supervisor.Failed
}
