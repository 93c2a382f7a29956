package procfile

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostQuotedBytes is how much of a line a message shows: with the file's name and
// the problem it still fits on a terminal's row or two.
const mostQuotedBytes = 60

// quoteLine quotes the beginning of a line so that nothing in it reaches the
// terminal but printable characters, and no secret.
func quoteLine(text string) string {
	return strconv.Quote(clipEnd(maskLine(text)))
}

// quoteEnd is quoteLine for a line whose end matters.
func quoteEnd(text string) string {
	text = maskLine(text)
	if len(text) <= mostQuotedBytes {
		return strconv.Quote(text)
	}
	cut := len(text) - mostQuotedBytes
	for cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut++
	}
	return strconv.Quote("…" + text[cut:])
}

// sampleEntry is a line to write into a Procfile; what was too long, secret or not
// printable has to be taken from the original.
func sampleEntry(processType, command string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, clipEnd(maskLine(processType+": "+strings.TrimSpace(command))))
}

func clipEnd(text string) string {
	if len(text) <= mostQuotedBytes {
		return text
	}
	cut := mostQuotedBytes
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

var (
	assignedName  = regexp.MustCompile(`([A-Za-z0-9_]+)=`)
	assignedValue = regexp.MustCompile(`^("[^"]*"?|'[^']*'?|\S+)`)
)

// maskLine masks the passwords of URLs and what is assigned to a Secret name, in
// "KEY=value puma" as in "puma --key=value". It works on the whole line, because a
// password cut off before its @ could not be told from a port.
func maskLine(text string) string {
	text = MaskText(text, nil)
	var masked strings.Builder
	done := 0
	for _, m := range assignedName.FindAllStringSubmatchIndex(text, -1) {
		if m[0] < done || !Secret(text[m[2]:m[3]]) {
			continue
		}
		value := assignedValue.FindString(text[m[1]:])
		if value == "" {
			continue
		}
		masked.WriteString(text[done:m[1]] + mask)
		done = m[1] + len(value)
	}
	return masked.String() + text[done:]
}
