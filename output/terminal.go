package output

import (
	"bytes"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
)

const escape = 0x1b

// A shown line is what a terminal shows of a line when it has come to its end, and nothing
// that could do more to it than print in colour: control characters but the tab are gone, and
// escape sequences but SGR (ECMA-48 8.3.117). What a carriage return lets the rest overwrite
// is gone too, so of a progress bar the last state remains. A byte that is not UTF-8 is U+FFFD.
type shownLine struct {
	out    []byte
	text   int // where the text begins in out: before it are colours that still hold
	line   int // where the line begins
	reset  int // behind the last SGR that takes all before it back, or line
	state  parser.State
	params []byte // of the control sequence that state is in the middle of
	plain  bool   // it has had nothing but parameters so far
}

// appendSafe appends what is shown of line.
func appendSafe(out, line []byte) []byte {
	s := shownLine{out: out, text: len(out), line: len(out), reset: len(out)}
	line = bytes.TrimRight(line, "\r") // a bar that is about to be drawn again
	for len(line) > 0 {
		n := 0
		if s.state == parser.GroundState {
			n = printable(line)
		}
		if n > 0 {
			s.out = append(s.out, line[:n]...)
		} else {
			n = s.next(line)
		}
		line = line[n:]
	}
	return s.out
}

// printable returns how much of p is ASCII to be printed.
func printable(p []byte) int {
	for i, c := range p {
		if c < ' ' || c >= 0x7f {
			return i
		}
	}
	return len(p)
}

// next takes the next character, and returns its length.
func (s *shownLine) next(p []byte) int {
	c, n := rune(p[0]), 1
	if c >= utf8.RuneSelf {
		c, n = utf8.DecodeRune(p)
	}
	if c >= 0xa0 {
		s.print(c)
		return n
	}
	before := s.state
	var action parser.Action
	s.state, action = parser.Table.Transition(before, byte(c)) // C1 too, in UTF-8 as xterm has them
	switch action {
	case parser.ClearAction:
		s.params, s.plain = s.params[:0], true
	case parser.ParamAction:
		s.params = append(s.params, byte(c))
	case parser.PrefixAction, parser.CollectAction:
		s.plain = false
	case parser.DispatchAction:
		if c == 'm' && s.plain && (before == parser.CsiEntryState || before == parser.CsiParamState) {
			s.color()
		}
	case parser.PrintAction:
		s.out = append(s.out, byte(c))
	case parser.ExecuteAction:
		s.execute(c)
	}
	return n
}

// print prints what is not ASCII, unless it is in a control string. It ends other sequences.
func (s *shownLine) print(c rune) {
	switch s.state {
	case parser.OscStringState, parser.DcsStringState, parser.SosStringState, parser.PmStringState, parser.ApcStringState:
		return
	}
	s.state = parser.GroundState
	s.out = utf8.AppendRune(s.out, c)
}

// execute obeys the control characters that matter for one line.
func (s *shownLine) execute(c rune) {
	switch c {
	case '\t':
		s.out = append(s.out, '\t')
	case '\r':
		s.overwrite()
	}
}

// color passes on an SGR.
func (s *shownLine) color() {
	s.out = append(append(append(s.out, escape, '['), s.params...), 'm')
	if len(bytes.Trim(s.params, "0")) == 0 {
		s.reset = len(s.out)
	}
}

// overwrite drops the text, and keeps the colours that hold.
func (s *shownLine) overwrite() {
	from := s.text
	if s.reset > s.text {
		from, s.text = s.reset, s.line
	}
	rest := s.out[from:]
	s.out = s.out[:s.text]
	for {
		begin := bytes.IndexByte(rest, escape)
		if begin < 0 {
			break
		}
		end := begin + bytes.IndexByte(rest[begin:], 'm') + 1
		s.out = append(s.out, rest[begin:end]...)
		rest = rest[end:]
	}
	s.text, s.reset = len(s.out), s.line
}
