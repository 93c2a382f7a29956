package cli

import (
	"context"
	"errors"
	"sync"
	"syscall"

	"supervise/control"
	"supervise/output"
	"supervise/process"
	"supervise/supervisor"
)

// seat is where a client of attach sits: before the terminal of whichever launch of an instance
// is alive. It implements control.Terminal.
type seat struct {
	launcher *launcher
	id       supervisor.ID

	columns, rows int // of the client's window; 0: not told. Guarded by launcher.mu

	mu       sync.Mutex
	keyboard *process.Keyboard // of the launch that was typed to last
	closed   bool
}

// Attach implements control.Attacher.
func (l *launcher) Attach(id supervisor.ID) (control.Terminal, error) {
	if l.terminals == nil {
		return nil, errors.New(id.String() + " has a pipe and no terminal (supervise start --pty always gives it one)")
	}
	s := &seat{launcher: l, id: id}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seats[id] = s
	return s, nil
}

// Show shows what the instance writes.
func (s *seat) Show(ctx context.Context, screen output.Screen, lines int) (hide func(), err error) {
	return s.launcher.mux.Show(ctx, s.id.String(), screen, lines)
}

// Write types. While no launch is alive it is dropped, as on a terminal that nobody reads.
func (s *seat) Write(p []byte) (int, error) {
	k := s.find()
	if k == nil {
		return len(p), nil
	}
	return k.Write(p)
}

// find finds the keyboard of the launch that is alive.
func (s *seat) find() *process.Keyboard {
	launch, p := s.launcher.alive(s.id)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case p.terminal == nil || s.closed:
		return nil
	case s.keyboard == nil || s.keyboard.Terminal != p.terminal:
		s.keyboard = &process.Keyboard{Terminal: p.terminal, Signal: func(sig syscall.Signal) {
			s.launcher.table.Signal(keyOf(launch), process.Group, sig)
		}}
	}
	return s.keyboard
}

// Resize fits the terminal to the client's window, and those of later launches too.
func (s *seat) Resize(columns, rows int) {
	s.launcher.mu.Lock()
	s.columns, s.rows = columns, rows
	s.launcher.mu.Unlock()
	s.launcher.resize(s.id)
}

// Close leaves the seat, and gives the terminal the size that it would have had.
func (s *seat) Close() {
	s.mu.Lock()
	k := s.keyboard
	s.keyboard, s.closed = nil, true
	s.mu.Unlock()
	if k != nil {
		k.Close()
	}
	s.launcher.mu.Lock()
	if s.launcher.seats[s.id] == s {
		delete(s.launcher.seats, s.id)
	}
	s.launcher.mu.Unlock()
	s.launcher.resize(s.id)
}

// alive finds the launch of an instance that has processes; nothing, if none has.
func (l *launcher) alive(id supervisor.ID) (launch supervisor.Launch, p present) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for at, here := range l.here {
		if at.ID == id && here.pid != 0 && at.N > launch.N {
			launch, p = at, *here
		}
	}
	return launch, p
}
