package process

import (
	"strconv"
	"syscall"
	"testing"
)

func TestGoneWaitsForWhoIsBetweenTwoPrograms(t *testing.T) {
	for _, tt := range []struct {
		name string
		says naming
		lost bool
	}{
		{"it is known to be there", unborn, false},
		{"the negative control: it is taken for a stranger", named, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			k, out := s.launch("web.1", s.spec(role("daemon", "deaf")...))
			daemon := out.ready(t)
			f, asked := s.table.reaper.family, 0
			s.table.reaper.inbox.put(func() {
				f.id = func(pid int) (string, naming) {
					if asked++; pid == daemon && asked < 5 {
						return "", tt.says
					}
					return f.procs.id(pid)
				}
			})
			s.table.forker.ticket.Add(1) // as if a fork were in flight: nobody is suspected
			s.table.Signal(k, Leader, syscall.SIGUSR1)
			s.left(s.want(k, Exited))
			if tt.lost {
				s.want(k, Gone)
				if !alive(daemon) {
					t.Errorf("pid %d is dead, want it to be lost", daemon)
				}
			}
			s.table.Signal(k, All, syscall.SIGKILL)
			if !tt.lost {
				s.want(k, Gone)
				if alive(daemon) {
					t.Errorf("pid %d is alive after Gone", daemon)
				}
			}
			s.table.forker.ticket.Add(1)
		})
	}
}

// At the leader's death its child is somewhere between fork, setsid and two execs.
func TestADaemonIsNotLostWhileItExecutesItsProgram(t *testing.T) {
	s := newStage(t)
	for i := range 30 {
		spec := s.spec("sh", "-c", "setsid sleep 1000 & exit 0")
		spec.ID += strconv.Itoa(i)
		spec.Env = append(spec.Env[:len(spec.Env)-1], "SUPERVISE_ID="+spec.ID)
		k := Key{"web.1", i}
		s.table.Launch(k, spec)
		s.table.Launch(Key{"busy", i}, s.spec("true")) // a fork in flight makes the nameless nobody's
		s.want(k, Launched)
		s.want(k, Exited)
		s.table.Signal(k, All, syscall.SIGKILL)
		s.want(k, Gone)
		if left := tagged("SUPERVISE_ID=" + spec.ID); len(left) > 0 {
			t.Fatalf("launch %d: %v are alive after Gone", i, left)
		}
	}
}
