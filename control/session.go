package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// usualRows is how many lines a client is shown that has no window.
const usualRows = 24

// session is a client that is attached to a terminal.
type session struct {
	server   *Server
	id       supervisor.ID
	terminal Terminal
	conn     net.Conn
	in       *bufio.Reader
	out      *outbox
}

// run returns when the client is gone, the instance has ended or the server does, and all its
// goroutines have: one reads what the client says, one types, this one tells.
func (s *session) run(size windowSize) {
	ctx, gone := context.WithCancel(context.Background())
	defer gone()
	context.AfterFunc(ctx, func() { s.conn.SetWriteDeadline(time.Now().Add(patience)) }) // for the last words
	typed := make(chan []byte, typedWindow)
	var others sync.WaitGroup
	defer others.Wait()
	defer s.terminal.Close()
	defer s.conn.Close()
	others.Go(func() { defer gone(); s.listen(typed) })
	others.Go(func() { s.typeAll(typed) })
	others.Go(func() {
		defer gone()
		select {
		case <-s.server.closing:
		case <-ctx.Done():
		}
	})
	s.resize(size)
	if size.Rows <= 0 {
		size.Rows = usualRows
	}
	hide, err := s.terminal.Show(ctx, s.out, size.Rows)
	if err == nil {
		defer hide()
	}
	s.tell(ctx)
}

// listen reads what the client says, until it is gone or breaks the rules.
func (s *session) listen(typed chan<- []byte) {
	defer close(typed)
	for {
		f, err := readFrame(s.in, maxTyped)
		if err != nil {
			return
		}
		switch f.kind {
		case frameTyped:
			select {
			case typed <- f.data:
			default: // more than typedWindow
				return
			}
		case frameWindow:
			var size windowSize
			if json.Unmarshal(f.data, &size) != nil {
				return
			}
			s.resize(size)
		}
	}
}

func (s *session) resize(size windowSize) {
	if size.Columns > 0 && size.Rows > 0 {
		s.terminal.Resize(size.Columns, size.Rows)
	}
}

func (s *session) typeAll(typed <-chan []byte) {
	for p := range typed {
		s.terminal.Write(p) // what nobody is there to read is nobody's
		s.out.typed()
	}
}

// tell tells what happens until ctx ends, or the instance has ended and its end is said.
func (s *session) tell(ctx context.Context) {
	var said <-chan time.Time
	for {
		last, changed := s.server.record.latest(s.id)
		ended := last == nil || over(last)
		if ended && said == nil {
			said = time.After(2 * output.LastWords)
		}
		finished := ctx.Err() != nil || last == nil || ended && s.out.saidEnd(last.Launch)
		if s.flush() != nil {
			return
		}
		if finished {
			s.end(last)
			return
		}
		select {
		case <-s.out.wake:
		case <-changed:
		case <-said:
			s.out.sayEnd(last.Launch)
		case <-ctx.Done():
		}
	}
}

func (s *session) flush() error {
	w := bufio.NewWriter(s.conn)
	for _, f := range s.out.take() {
		if err := f.writeTo(w); err != nil {
			return err
		}
	}
	return w.Flush()
}

// end says why it is over.
func (s *session) end(last *supervisor.Event) {
	e := End{Reason: "supervise ends"}
	switch {
	case last == nil || last.Kind == supervisor.KindRemoved:
		e.Reason = fmt.Sprintf("%s is gone", s.id)
	case over(last):
		e.Reason = fmt.Sprintf("%s is %s", s.id, last.To)
	}
	if last != nil && last.HasLast {
		e.Code = last.Last.ExitCode()
	}
	jsonFrame(frameEnd, e).writeTo(s.conn)
}
