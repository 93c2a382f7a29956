package process

import (
	"errors"
	"slices"
	"testing"
)

func TestALaunchIsPreparedWhenItsTurnHasCome(t *testing.T) {
	s := newStage(t)
	first, second, aborted := Key{"a", 1}, Key{"b", 1}, Key{"c", 1}
	preparing, release := make(chan Key, 3), make(chan bool)
	prepared := func(k Key) Spec {
		return Spec{Prepare: func(spec *Spec) error {
			preparing <- k
			<-release
			*spec = s.spec("true")
			return nil
		}}
	}
	for _, k := range []Key{first, second, aborted} {
		s.table.Launch(k, prepared(k))
	}
	if k := <-preparing; k != first {
		t.Errorf("%v is prepared, want %v", k, first)
	}
	s.table.Abort(aborted)
	s.want(aborted, Failed)
	close(release)
	s.want(first, Launched)
	s.want(second, Launched)
	s.want(second, Exited)
	s.want(second, Gone)
	close(preparing)
	var rest []Key
	for k := range preparing {
		rest = append(rest, k)
	}
	if want := []Key{second}; !slices.Equal(rest, want) {
		t.Errorf("then %v were prepared, want %v", rest, want)
	}
}

func TestALaunchThatCannotBePreparedFails(t *testing.T) {
	s, reason := newStage(t), errors.New("no pipes are left")
	k := Key{"a", 1}
	s.table.Launch(k, Spec{Prepare: func(*Spec) error { return reason }})
	if e := s.want(k, Failed); e.Err != reason {
		t.Errorf("it failed with %v, want %v", e.Err, reason)
	}
}
