package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestKeysAreTypedUnlessTheyAreForAttach(t *testing.T) {
	for _, c := range []struct{ pressed, want string }{
		{"abc", `"abc"`},
		{"ab\x1dd", `"ab" d`},
		{"ab|\x1d|dc", `"ab" "" d "c"`},
		{"\x1d\x1d", `"\x1d"`},
		{"\x1dx\x1d|d", `"\x1dx" d`}, // what is not ours is typed as it came
		{"a\x1d\x1ab", `"a" suspend "b"`},
		{"d\x03\x1a", `"d\x03\x1a"`},
	} {
		var k keys
		var got []string
		for piece := range strings.SplitSeq(c.pressed, "|") {
			for p := []byte(piece); ; {
				typed, command, rest := k.next(p)
				if len(typed) > 0 || command == 0 {
					got = append(got, fmt.Sprintf("%q", typed))
				}
				switch command {
				case detachKey:
					got = append(got, "d")
				case suspendKey:
					got = append(got, "suspend")
				}
				if p = rest; len(p) == 0 {
					break
				}
			}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%q: %s, want %s", c.pressed, got, c.want)
		}
	}
}

func TestModesThatAnInstanceHasChangedAreChangedBack(t *testing.T) {
	for shown, want := range map[string]string{
		"plain \x1b[31mred": "",
		"\x1b[?1049h":       "\x1b[?1049l",
		"\x1b[?25l\x1b[?7l": "\x1b[?25h\x1b[?7h",
		"\x1b[?1000;1006h":  "\x1b[?1000l\x1b[?1006l",
		"\x1b[?1049h…\x1b[?1049l\x1b[?25l\x1b[?25h": "",
		"\x1b[4h\x1b]0;[?5h\a":                      "", // not private; in a title
	} {
		var m screenModes
		for _, b := range []byte(shown) { // in the smallest pieces
			m.watch([]byte{b})
		}
		if got := string(m.undo()); got != want+"\x1b[m" {
			t.Errorf("%q: %q, want %q", shown, got, want)
		}
		if got, again := string(m.redo()), strings.Map(swap, want); got != again {
			t.Errorf("%q again: %q, want %q", shown, got, again)
		}
	}
}

func swap(r rune) rune {
	switch r {
	case 'h':
		return 'l'
	case 'l':
		return 'h'
	}
	return r
}
