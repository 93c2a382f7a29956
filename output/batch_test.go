package output

import (
	"fmt"
	"testing"
)

func TestCarriageReturnsBeforeANewlineBelongToTheEndOfALine(t *testing.T) {
	for _, c := range []struct {
		stream Stream
		cut    bool
		want   string
	}{
		{Stdout, false, `["a" "b" "c\r" "" "\r"]`},
		{TTY, false, `["a" "b" "c" "" ""]`}, // one is the terminal's
		{TTY, true, `["a" "b\r" "c\r\r" "\r" "\r\r"]`},
	} {
		b := Batch{Stream: c.stream, Cut: c.cut, Data: []byte("a\nb\r\nc\r\r\n\r\n\r\r\n")}
		var got []string
		for line := range b.Lines() {
			got = append(got, string(line))
		}
		if got := fmt.Sprintf("%q", got); got != c.want {
			t.Errorf("%s, cut %t: %s, want %s", c.stream, c.cut, got, c.want)
		}
	}
}
