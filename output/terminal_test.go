package output

import (
	"bytes"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestOnlyTextAndColoursReachATerminal(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"text", "héllo\twörld €", "héllo\twörld €"},
		{"colour", "\x1b[1;38:5:4mblue\x1b[m", "\x1b[1;38:5:4mblue\x1b[m"},
		{"clearing", "a\x1b[2J\x1b[Hb", "ab"},
		{"private modes", "\x1b[?1049ha\x1b[>4;2mb", "ab"},
		{"intermediates", "\x1b[1 mb", "b"},
		{"title, to BEL", "a\x1b]0;title\ab", "ab"},
		{"clipboard, to ST", "a\x1b]52;c;Zm9v\x1b\\b", "ab"},
		{"a string without end", "a\x1bPq#0;2;0", "a"},
		{"a string ended by another sequence", "\x1b]0;a\x1b[31mb", "\x1b[31mb"},
		{"character sets and resets", "\x1b(0a\x1bcb\x1b7c\x1b#8d", "abcd"},
		{"a control inside a sequence", "\x1b[3\x071mred", "1mred"},
		{"an escape inside a sequence", "\x1b[3\x1b[31mred", "\x1b[31mred"},
		{"unfinished", "a\x1b[3", "a"},
		{"a lone escape", "a\x1b", "a"},
		{"C0 and DEL", "\x00a\b\v\f\r\x0e\x7fb", "ab"},
		{"C1 in UTF-8", "a\u009b2Jb\u0085", "a2Jb"},
		{"not UTF-8", "a\x9b2J\xff", "a\ufffd2J\ufffd"},
	} {
		if got := string(appendSafe(nil, []byte(c.line))); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.name, c.line, got, c.want)
		}
	}
}

func FuzzTerminal(f *testing.F) {
	f.Add([]byte("a\x1b[31mb\x1b]0;x\ac\x9b2J"))
	f.Add([]byte("\x1b\x1b[\x1b\x1b[mm"))
	f.Fuzz(func(t *testing.T, line []byte) {
		got := appendSafe(nil, line)
		if again := appendSafe(nil, got); !bytes.Equal(got, again) {
			t.Errorf("%q became %q and then %q", line, got, again)
		}
		for rest := got; len(rest) > 0; {
			if rest[0] == escape {
				n := sequence(rest)
				if !isColor(rest[:n]) {
					t.Fatalf("%q became %q, which has %q", line, got, rest[:n])
				}
				rest = rest[n:]
				continue
			}
			r, n := utf8.DecodeRune(rest)
			if unicode.IsControl(r) && r != '\t' || r == utf8.RuneError && n == 1 {
				t.Fatalf("%q became %q, which has %q", line, got, rest[:n])
			}
			rest = rest[n:]
		}
	})
}
