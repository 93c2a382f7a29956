package output

import (
	"bytes"
	"regexp"
	"slices"
	"testing"
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
		{"clipboard, to the end of a C1", "a\x1b]52;c;Zm9v\u009cb", "ab"},
		{"a title in UTF-8", "a\x1b]0;ü\u202e€\ab", "ab"},
		{"a string without end", "a\x1bPq#0;2;0", "a"},
		{"a string ended by another sequence", "\x1b]0;a\x1b[31mb", "\x1b[31mb"},
		{"character sets and resets", "\x1b(0a\x1bcb\x1b7c\x1b#8d", "abcd"},
		{"a string cut off by CAN", "a\x1b]0;x\x18b", "ab"},
		{"a control inside a sequence", "\x1b[3\x071mred", "\x1b[31mred"},
		{"text inside a sequence", "\x1b[3ü1m", "ü1m"},
		{"an escape inside a sequence", "\x1b[3\x1b[31mred", "\x1b[31mred"},
		{"unfinished", "a\x1b[3", "a"},
		{"a lone escape", "a\x1b", "a"},
		{"C0 and DEL", "\x00a\b\v\f\x0e\x7fb", "ab"},
		{"C1 in UTF-8", "a\u009b2Jb\u0085c\u009b31md\u0090x\u009ce", "abc\x1b[31mde"},
		{"a progress bar", "10%\r 20%\r100%", "100%"},
		{"a bar that is about to be drawn again", "10%\r20%\r\r", "20%"},
		{"a bar that was wiped", "10%\r\x1b[K", ""},
		{"a bar with colours of its own", "\x1b[32m1\x1b[m\r\x1b[33m2\x1b[0m\r\x1b[34m3\x1b[m", "\x1b[34m3\x1b[m"},
		{"a bar in a colour", "\x1b[32m1\r2\r\x1b[1m3\x1b[m", "\x1b[32m\x1b[1m3\x1b[m"},
		{"not UTF-8", "a\x9b2J\xff", "a\ufffd2J\ufffd"},
	} {
		if got := string(appendSafe(nil, []byte(c.line))); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.name, c.line, got, c.want)
		}
	}
}

// FuzzTerminal shows any bytes, however they come, as a terminal would get them: nothing but
// text, tabs, line ends and colours.
func FuzzTerminal(f *testing.F) {
	for _, hostile := range []string{
		"a\x1b[31mb\x1b]0;x\ac\x9b2J", "\x1b\x1b[\x1b\x1b[mm", "\x1b]52;c;Zm9v\x1b\\", "\x1bPq\x1b[2J\x1b\\",
		"\u009b2J\u009d0;x\u009c", "1%\r\x1b[32m2%\x1b[m\r3%", "\x1b[3\r1m", "\x1b_a\x18\x1b[>4m\x1b[?1m\x1b[1 m",
	} {
		f.Add([]byte(hostile), uint16(0), uint16(3))
	}
	f.Add([]byte("\x1b[31m\r"), uint16(MaxLine-3), uint16(100))
	f.Fuzz(func(t *testing.T, stream []byte, padding, chunk uint16) {
		stream = append(bytes.Repeat([]byte("x"), int(padding)), stream...)
		var shown bytes.Buffer
		sink := NewText(&shown, TextOptions{Terminal: true, Prefix: true})
		var rest []byte
		for _, part := range slices.Collect(slices.Chunk(stream, int(chunk)+1)) {
			rest = writeCut(sink, append(rest, part...))
		}
		writeCut(sink, append(rest, '\n'))
		if bad := harmful.Find(shown.Bytes()); bad != nil {
			t.Fatalf("%.300q became %.300q, which has %q", stream, shown.Bytes(), bad)
		}
		if !utf8.Valid(shown.Bytes()) {
			t.Fatalf("%.300q became %.300q, which is not UTF-8", stream, shown.Bytes())
		}
	})
}

// writeCut gives a sink what a reader would make of data, and returns what it would keep.
func writeCut(sink Sink, data []byte) (rest []byte) {
	for {
		lines, rest, piece := cut(data[:min(len(data), MaxLine+1)])
		if len(lines) == 0 {
			return rest
		}
		b := testBatch("web.1", string(lines))
		if b.Cut = piece; piece {
			b.Data = append(b.Data, '\n')
		}
		sink.Write(b)
		data = data[len(lines):]
	}
}

// harmful is what must not reach a terminal: an escape that does not begin an SGR, a control
// character, a C1 control in UTF-8.
var harmful = regexp.MustCompile("\x1b(?:[^[]|\\[[0-9:;]*[^0-9:;m]|$)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]|[\u0080-\u009f]")

// The control of the fuzz test.
func TestHarmIsSeen(t *testing.T) {
	for _, s := range []string{"a\x1b", "\x1b]0;x", "\x1b[2J", "\x1b[?1m", "\x1b[1 m", "\r", "\x00", "\x7f", "\u009b", "\x1b[31m\x1b[H"} {
		if !harmful.MatchString(s) {
			t.Errorf("%q is taken for harmless", s)
		}
	}
	if s := "a\tb\x1b[1;38:5:4mü\x1b[m\n"; harmful.MatchString(s) {
		t.Errorf("%q is taken for harmful", s)
	}
}
