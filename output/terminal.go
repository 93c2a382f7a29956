package output

import (
	"bytes"
	"unicode/utf8"
)

const escape = 0x1b

// appendSafe appends line without what could do more to a terminal than print in colour:
// control characters but the tab (C0, DEL, C1), and escape sequences but SGR (ECMA-48
// 8.3.117). A byte that is not UTF-8 becomes U+FFFD.
func appendSafe(out, line []byte) []byte {
	for len(line) > 0 {
		n := 1
		switch c := line[0]; {
		case c == escape:
			n = sequence(line)
			if isColor(line[:n]) {
				out = append(out, line[:n]...)
			}
		case c >= utf8.RuneSelf:
			var r rune
			if r, n = utf8.DecodeRune(line); r >= 0xa0 {
				out = utf8.AppendRune(out, r)
			}
		case c >= ' ' && c != 0x7f || c == '\t':
			out = append(out, c)
		}
		line = line[n:]
	}
	return out
}

// sequence returns the length of the escape sequence that p starts with (ECMA-48 5.3 to
// 5.6), or of as much of it as is there.
func sequence(p []byte) int {
	switch {
	case len(p) == 1:
		return 1
	case p[1] == '[': // CSI: parameters, intermediates, a final byte
		return final(p, 2, '@')
	case bytes.IndexByte([]byte("]PX^_"), p[1]) >= 0: // OSC, DCS, SOS, PM, APC
		return stringEnd(p)
	}
	return final(p, 1, '0')
}

// final returns the length of a sequence whose last byte is at least first, and that ends
// before any byte that cannot be in it.
func final(p []byte, from int, first byte) int {
	for i := from; i < len(p); i++ {
		switch c := p[i]; {
		case c < ' ' || c > '~':
			return i
		case c >= first:
			return i + 1
		}
	}
	return len(p)
}

// stringEnd returns the length of a control string: to ST, to BEL as xterm has it, before
// another escape sequence, or all.
func stringEnd(p []byte) int {
	end := 2 + bytes.IndexAny(p[2:], "\a\x1b")
	switch {
	case end < 2:
		return len(p)
	case p[end] == '\a':
		return end + 1
	case end+1 < len(p) && p[end+1] == '\\':
		return end + 2
	}
	return end
}

// isColor says whether an escape sequence is SGR: colour, bold and the like.
func isColor(p []byte) bool {
	last := len(p) - 1
	return last >= 2 && p[1] == '[' && p[last] == 'm' &&
		len(bytes.Trim(p[2:last], "0123456789;:")) == 0
}
