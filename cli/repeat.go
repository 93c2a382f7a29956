package cli

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"supervise/process"
	"supervise/supervisor"
)

// repeatEvery is how often is told that an instance can still not be launched.
const repeatEvery = time.Minute

// refusals are the instances that cannot be launched. The zero value is none. It belongs to
// one goroutine.
type refusals map[supervisor.ID]*refusal

// refusal is why an instance cannot be launched.
type refusal struct {
	reason string
	told   time.Time
	untold int // attempts since
}

// worth says whether a failure to launch is worth a line, and what else that line says: the
// first one is, one for another reason, the last one, and one a minute.
func (r *refusals) worth(e supervisor.Event) (more string, ok bool) {
	if *r == nil {
		*r = refusals{}
	}
	reason, before := reasonOf(e.Err), (*r)[e.ID]
	if before != nil && before.reason == reason && e.Next == supervisor.BackingOff && e.Time.Sub(before.told) < repeatEvery {
		before.untold++
		return "", false
	}
	if before != nil && before.untold > 0 {
		more = fmt.Sprintf(" (%s not shown)", plural(before.untold, "more failure"))
	}
	(*r)[e.ID] = &refusal{reason: reason, told: e.Time}
	return more, true
}

// reasonOf is what makes two failures the same. A shortage hits a launch now here, now there.
func reasonOf(err error) string {
	var errno syscall.Errno
	if process.Transient(err) && errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}
