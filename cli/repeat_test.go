package cli

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"supervise/supervisor"
)

func TestAFailureThatStaysTheSameIsToldOnceAMinute(t *testing.T) {
	web, worker := supervisor.ID{Type: "web", N: 1}, supervisor.ID{Type: "worker", N: 1}
	gone, denied := errors.New("it is gone"), errors.New("it is denied")
	short := func(text string) error { return fmt.Errorf("%s: %w", text, syscall.EMFILE) }
	var r refusals
	for i, c := range []struct {
		id   supervisor.ID
		at   time.Duration
		err  error
		next supervisor.State
		more string
		ok   bool
	}{
		{web, 0, gone, supervisor.BackingOff, "", true},
		{web, 1 * time.Second, gone, supervisor.BackingOff, "", false},
		{worker, 1 * time.Second, gone, supervisor.BackingOff, "", true}, // another instance
		{web, 59 * time.Second, gone, supervisor.BackingOff, "", false},
		{web, 60 * time.Second, gone, supervisor.BackingOff, " (2 more failures not shown)", true},
		{web, 61 * time.Second, gone, supervisor.BackingOff, "", false},
		{web, 62 * time.Second, denied, supervisor.BackingOff, " (1 more failure not shown)", true}, // another reason
		{web, 63 * time.Second, denied, supervisor.BackingOff, "", false},
		{web, 64 * time.Second, denied, supervisor.Failed, " (1 more failure not shown)", true}, // the last
		{worker, 65 * time.Second, short("cannot make the pipes"), supervisor.BackingOff, "", true},
		{worker, 66 * time.Second, short("cannot run"), supervisor.BackingOff, "", false}, // the same shortage
	} {
		e := supervisor.Event{ID: c.id, Time: time.Unix(1e9, 0).Add(c.at), Err: c.err, Next: c.next}
		if more, ok := r.worth(e); more != c.more || ok != c.ok {
			t.Errorf("event %d, at %s: %q, %t, want %q, %t", i, c.at, more, ok, c.more, c.ok)
		}
	}
}
