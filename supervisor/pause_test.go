package supervisor

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestNoDeadlineComesDuringAPause(t *testing.T) {
	for _, c := range []struct {
		name string
		wait func(*testing.T, *Supervisor)
		want time.Duration // from the first launch to the second
	}{
		{"a pause", func(t *testing.T, s *Supervisor) {
			s.Do(t.Context(), Pause{Until: func() { time.Sleep(time.Hour) }})
		}, time.Hour + 100*time.Millisecond},
		{"the control: an hour that is made up for afterwards", func(t *testing.T, s *Supervisor) {
			time.Sleep(time.Hour)
			s.Do(t.Context(), Resume{After: time.Hour})
		}, 100 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fails := &failing{}
				fails.sup = New(Formation{StopBudget: time.Second, Types: []ProcessType{{
					Name: "web", Count: 1, Restart: RestartAlways, StableAfter: time.Minute, BackoffCap: time.Minute,
				}}}, Options{Launcher: fails, Jitter: func() float64 { return 0 }})
				ran := make(chan int)
				go func() { ran <- fails.sup.Run(t.Context()) }()
				time.Sleep(50 * time.Millisecond)
				c.wait(t, fails.sup)
				time.Sleep(50 * time.Millisecond)
				fails.sup.Do(t.Context(), Shutdown{})
				<-ran
				if got := fails.at[1].Sub(fails.at[0]); got != c.want {
					t.Errorf("launched again after %v, want %v", got, c.want)
				}
			})
		})
	}
}

// failing is a fake OS in which everything fails at once. It remembers when.
type failing struct {
	sup *Supervisor
	at  []time.Time
}

func (f *failing) Launch(l Launch) {
	f.at = append(f.at, time.Now())
	f.sup.Report(Launched{Launch: l, PID: 1})
	f.sup.Report(Exited{Launch: l, Status: Status{Code: 1}})
}

func (f *failing) Abort(Launch)                          {}
func (f *failing) Signal(Launch, syscall.Signal, Target) {}
