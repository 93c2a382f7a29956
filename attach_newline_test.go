package main

import (
	"strings"
	"testing"
)

// shown is what has appeared byte for byte.
func (s *session) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// Lines on the attached terminal are no staircase, and nobody's bare newline takes the cursor back
// to the first column: each is the other's control. What supervise itself prints are plain lines.
func TestANewlineOnTheAttachedTerminalIsWhatTheProgramMeans(t *testing.T) {
	for name, c := range map[string]struct{ modes, want string }{
		"a program that leaves the modes alone": {"", "one\r\ntwo\r\n\r\nend\r\n"},
		"an editor":                             {"stty -icanon -echo -onlcr;", "one\ntwo\r\n\nend\n"},
		"all but newlines are raw":              {"stty raw -echo;", "one\r\ntwo\r\n\r\nend\r\n"},
		"the terminal maps them itself":         {"stty sane -echo;", "one\r\ntwo\r\r\n\r\nend\r\n"},
		"the terminal does not":                 {"stty sane -echo -onlcr;", "one\ntwo\r\n\nend\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startWithTerminals(t, "web: "+c.modes+` child mutter ready && read go; printf '\none\ntwo\r\n\nend\n'; child hold`+"\n", "ready")
			a := s.attach("web.1")
			a.write("\n")
			a.next("end\n")
			if _, got, _ := strings.Cut(a.shown(), "one"); "one"+got != c.want {
				t.Errorf("%q appears, want %q", "one"+got, c.want)
			}
			s.next("web.1  | one\nweb.1  | two\nweb.1  | \nweb.1  | end\n")
			a.write("\x1dd")
			a.end()
			s.interrupt()
		})
	}
}
