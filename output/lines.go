package output

import (
	"bytes"
	"unicode/utf8"
)

// cut divides data, which starts where a line starts, at its last newline: lines are
// whole, rest is the start of a line whose end has not come. When data is longer than
// MaxLine and has no newline, lines is a piece of the line, and piece is true.
//
// The result depends on the bytes alone and never on how they came in, if data is at most
// MaxLine+1 long and the next data starts with rest.
func cut(data []byte) (lines, rest []byte, piece bool) {
	if end := bytes.LastIndexByte(data, '\n'); end >= 0 {
		return data[:end+1], data[end+1:], false
	}
	if len(data) <= MaxLine {
		return nil, data, false
	}
	end := wholeRunes(data[:MaxLine])
	return data[:end], data[end:], true
}

// wholeRunes returns the length of p without a rune that is not complete at its end.
func wholeRunes(p []byte) int {
	for i := len(p) - 1; i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if utf8.FullRune(p[i:]) {
				break
			}
			return i
		}
	}
	return len(p)
}
