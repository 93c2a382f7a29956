package ready

import (
	"bytes"
	"strings"
	"unicode"
)

// longestMessage is how many bytes of a datagram are read, as systemd does (its
// NOTIFY_BUFFER_MAX). Longer ones are ignored.
const longestMessage = 4096

// longestQuote is how many characters of a message we repeat.
const longestQuote = 80

// message is what we understand of a datagram.
type message struct {
	ready bool
	quote string // its STATUS, or else its first assignment, printable; "" for BARRIER=1
}

// parse reads assignments like READY=1, each on a line (sd_notify(3)). What it does not
// know it ignores, and so a message with a NUL before its end, as systemd does.
func parse(datagram []byte) message {
	datagram = bytes.TrimSuffix(datagram, []byte{0})
	if len(datagram) > longestMessage || bytes.IndexByte(datagram, 0) >= 0 {
		return message{}
	}
	var m message
	lines := strings.FieldsFunc(string(datagram), func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		m.ready = m.ready || line == "READY=1"
		if i == 0 && line != "BARRIER=1" || strings.HasPrefix(line, "STATUS=") {
			m.quote = quote(line)
		}
	}
	return m
}

// quote cuts a line and replaces what cannot be printed: it ends up on a terminal.
func quote(line string) string {
	var text strings.Builder
	n := 0
	for _, r := range line {
		if n++; n > longestQuote {
			text.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = '?'
		}
		text.WriteRune(r)
	}
	return text.String()
}
