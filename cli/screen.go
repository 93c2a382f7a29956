package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/term"

	"supervise/control"
	"supervise/process"
)

// screen is our terminal while it is on an instance's, or the streams that stand in for it.
type screen struct {
	std      Streams
	detached atomic.Bool // by the user

	mu         sync.Mutex
	attachment *control.Attachment
	raw        bool // keys are to reach us as they are
	before     *term.State
	modes      screenModes
	midLine    bool
}

// size is that of our window; 0, 0: there is none.
func (s *screen) size() (columns, rows int) {
	if ours := s.std.terminal(); ours != nil {
		columns, rows, _ = term.GetSize(int(ours.Fd()))
	}
	return columns, rows
}

// name is that of our terminal, where the system tells.
func (s *screen) name() string {
	if ours := s.std.terminal(); ours != nil {
		name, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", ours.Fd()))
		return name
	}
	return ""
}

// begin makes our terminal raw, if there is a keyboard. End undoes it.
func (s *screen) begin(a *control.Attachment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attachment, s.raw = a, term.IsTerminal(int(s.std.In.Fd()))
	if err := s.makeRaw(); err != nil {
		return fmt.Errorf("cannot read keys: %w", err)
	}
	if s.raw {
		s.tell("attached to " + a.Instance + ", Ctrl-] d detaches")
	}
	return nil
}

// makeRaw keeps what was before it was raw the first time.
func (s *screen) makeRaw() error {
	if !s.raw {
		return nil
	}
	before, err := term.MakeRaw(int(s.std.In.Fd()))
	if s.before == nil {
		s.before = before
	}
	return err
}

// end gives our terminal back as it was.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restore()
	s.raw = false
	s.breakLine()
}

func (s *screen) restore() {
	s.send(s.modes.undo())
	if s.before != nil {
		term.Restore(int(s.std.In.Fd()), s.before)
		s.before = nil
	}
}

// send tells our terminal, if it is one, what is not for anybody to see.
func (s *screen) send(sequence []byte) {
	if term.IsTerminal(int(s.std.Out.Fd())) {
		s.std.Out.Write(sequence)
	}
}

// follow shows what comes until it is over.
func (s *screen) follow(a *control.Attachment) (end control.End, err error) {
	for {
		shown, err := a.Next()
		switch {
		case s.detached.Load():
			return control.End{Reason: "detached"}, nil
		case errors.Is(err, io.EOF):
			return end, errors.New("supervise has ended")
		case err != nil:
			return end, err
		case shown.End != nil:
			return *shown.End, nil
		case shown.Notice != "":
			s.say(shown.Notice)
		default:
			if err := s.show(shown.Output); err != nil {
				return end, err
			}
		}
	}
}

// show shows output of the instance.
func (s *screen) show(p []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.modes.watch(p)
	s.midLine = p[len(p)-1] != '\n'
	_, err := s.std.Out.Write(p)
	return err
}

// say shows a line of supervise.
func (s *screen) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(text)
}

// warn says what is not well.
func (s *screen) warn(format string, args ...any) { s.say("warning: " + fmt.Sprintf(format, args...)) }

func (s *screen) tell(text string) {
	s.breakLine()
	fmt.Fprintf(s.std.Err, "supervise: %s%s", text, s.newline())
}

// breakLine ends the line that the instance is in the middle of.
func (s *screen) breakLine() {
	if s.midLine {
		fmt.Fprint(s.std.Err, s.newline())
	}
	s.midLine = false
}

// newline has in a raw terminal to go back to the first column, too.
func (s *screen) newline() string {
	if s.raw {
		return "\r\n"
	}
	return "\n"
}

// resize tells the instance's terminal of our size.
func (s *screen) resize() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if columns, rows := s.size(); s.attachment != nil && columns > 0 {
		s.attachment.Resize(columns, rows)
	}
}

// suspend stops us, as a Ctrl-Z stops others, where somebody can continue us.
func (s *screen) suspend() {
	s.mu.Lock()
	s.restore()
	s.mu.Unlock()
	process.StopSelf()
	s.resume()
}

// resume makes the terminal again what it was when we were stopped. The instance is told of the
// size also if it is the old one, so that it draws itself.
func (s *screen) resume() {
	s.mu.Lock()
	if s.raw {
		s.makeRaw()
		s.send(s.modes.redo())
	}
	s.mu.Unlock()
	s.resize()
}
