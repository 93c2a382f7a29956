package control

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"supervise/supervisor"
)

// seats are who is attached to what: one at a time at each instance.
type seats struct {
	mu     sync.Mutex
	taken  map[supervisor.ID]occupant
	closed bool
	all    sync.WaitGroup // of taken
}

// occupant is who is attached.
type occupant struct {
	peer
	tty   string // as the client calls it; "": it has none
	since time.Time
}

// occupiedError says that somebody is attached already.
type occupiedError struct {
	id supervisor.ID
	by occupant
}

func (e *occupiedError) Error() string {
	return fmt.Sprintf("%s has somebody attached already: %s", e.id, e.by)
}

func (o occupant) String() string {
	name := "uid " + strconv.Itoa(o.uid)
	if u, err := user.LookupId(strconv.Itoa(o.uid)); err == nil {
		name = u.Username
	}
	text := fmt.Sprintf("pid %d of %s", o.pid, name)
	if o.tty != "" {
		text += " on " + o.tty
	}
	return text + ", since " + o.since.Format(time.TimeOnly)
}

// sit takes an instance's seat until leave is called.
func (s *seats) sit(id supervisor.ID, who occupant) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, supervisor.ErrEnding
	}
	if by, ok := s.taken[id]; ok {
		return nil, &occupiedError{id, by}
	}
	if s.taken == nil {
		s.taken = map[supervisor.ID]occupant{}
	}
	s.taken[id] = who
	s.all.Add(1)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.taken, id)
		s.all.Done()
	}, nil
}

// close waits until everybody has left, and lets nobody in any more.
func (s *seats) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.all.Wait()
}

// ttyName is a name that a client gives, made fit to be shown to another.
func ttyName(given string) string {
	const most = 64
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, given)
	return clean[:min(len(clean), most)]
}
