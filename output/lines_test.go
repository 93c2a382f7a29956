package output

import (
	"bytes"
	"strings"
	"testing"
)

func TestCutDividesAtTheLastNewline(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for _, c := range []struct {
		name, data, lines, rest string
		piece                   bool
	}{
		{"nothing", "", "", "", false},
		{"a line", "a\n", "a\n", "", false},
		{"lines and a start", "a\n\nb", "a\n\n", "b", false},
		{"a start", "a", "", "a", false},
		{"the longest line, unfinished", long, "", long, false},
		{"the longest line", long + "\n", long + "\n", "", false},
		{"a longer line", long + "y", long, "y", true},
		{"between two runes", long[2:] + "éy", long[2:] + "é", "y", true},
		{"inside a rune", long[1:] + "é", long[1:], "é", true},
		{"inside a long rune", long[3:] + "🙂", long[3:], "🙂", true},
		{"where runes make no sense", strings.Repeat("\x80", MaxLine+1), strings.Repeat("\x80", MaxLine), "\x80", true},
	} {
		lines, rest, piece := cut([]byte(c.data))
		if string(lines) != c.lines || string(rest) != c.rest || piece != c.piece {
			t.Errorf("%s: %d bytes, %.9q, %v, want %d bytes, %.9q, %v", c.name, len(lines), rest, piece, len(c.lines), c.rest, c.piece)
		}
	}
}

// wantRecords is the slow way: what a stream's records are, told from all of its bytes.
func wantRecords(stream []byte) (records []string) {
	for line := range bytes.Lines(stream) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		for len(line) > MaxLine {
			n := wholeRunes(line[:MaxLine])
			records = append(records, string(line[:n])+"+\n")
			line = line[n:]
		}
		records = append(records, string(line)+"\n")
	}
	return records
}
