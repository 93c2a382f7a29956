package process

import (
	"syscall"
	"time"
)

// killBefore is how long before its deadline a sweep stops being polite.
const killBefore = 200 * time.Millisecond

// sweep is the end of a table.
type sweep struct {
	deadline time.Time
	left     chan<- []Member
	begun    bool
}

// next is how long to sleep unless somebody dies.
func (s *sweep) next() time.Duration {
	until := time.Until(s.deadline)
	if until > killBefore {
		until -= killBefore
	}
	return min(until, pollEvery)
}

// step signals who is left and tells whether it is over. quiet: nobody died meanwhile.
func (s *sweep) step(r *reaper, quiet bool) bool {
	if r.family.self == 1 {
		s.stepAsInit()
	} else {
		s.kill(r)
	}
	s.begun = true
	left := r.family.strangers()
	nobody := quiet && r.calm && len(left) == 0 && len(r.launches) == 0
	if (!nobody || r.post.dismiss()) && time.Now().Before(s.deadline) {
		return false
	}
	var members []Member
	for _, p := range left {
		members = append(members, p.member())
	}
	s.left <- members
	return true
}

// stepAsInit speaks to everybody at once: as PID 1 that is our pid namespace without us.
func (s *sweep) stepAsInit() {
	if !s.begun {
		syscall.Kill(-1, syscall.SIGHUP)
		syscall.Kill(-1, syscall.SIGTERM)
		syscall.Kill(-1, syscall.SIGCONT)
	}
	if time.Until(s.deadline) <= killBefore {
		syscall.Kill(-1, syscall.SIGKILL)
	}
}

func (s *sweep) kill(r *reaper) {
	if !s.begun {
		for k := range r.launches {
			r.signal(k, All, []syscall.Signal{syscall.SIGKILL})
		}
	}
	for _, p := range r.family.strangers() {
		r.family.procs.deliver(p, []syscall.Signal{syscall.SIGKILL})
	}
}
