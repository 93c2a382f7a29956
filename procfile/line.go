package procfile

import (
	"strings"
	"unicode"
)

// logicalLine is a line joined with those it goes on in.
type logicalLine struct {
	number int    // of its first line, from 1
	text   string // without line ends and the backslashes before them
	flaw   *flaw  // nil, or why text must not be used
}

// flaw is a mistake in one line, not yet put into words.
type flaw struct {
	number int
	text   string
	what   description
}

// lineReader cuts text into logical lines. It copies only those that are joined.
type lineReader struct {
	rest   string
	number int // of the line taken last, from 1
}

// next gives the next logical line, or false at the end of the text.
func (r *lineReader) next() (logicalLine, bool) {
	if r.rest == "" {
		return logicalLine{}, false
	}
	text := r.take()
	l := logicalLine{number: r.number, text: text}
	l.note(r.number, text, flawOf(text))
	if _, goesOn := cutBackslash(text); goesOn && !isComment(text) {
		r.join(&l)
	}
	return l, true
}

// join completes l, which so far is a first line that goes on.
func (r *lineReader) join(l *logicalLine) {
	var joined strings.Builder
	text, goesOn := cutBackslash(l.text)
	for goesOn {
		joined.WriteString(text)
		if what := r.obstacle(); what != nil {
			l.note(r.number, text+`\`, what)
			return
		}
		following := r.take()
		l.note(r.number, following, flawOf(following))
		text, goesOn = cutBackslash(following)
		if goesOn && isComment(following) {
			l.note(r.number, following, commentInside)
		}
	}
	joined.WriteString(text)
	l.text = joined.String()
	if _, goesOn = cutBackslash(l.text); goesOn { // the blank that it escapes is the last thing
		l.note(l.number, l.text, blankAfterBackslash)
	}
}

// obstacle is why the line taken last cannot go on in the rest, or nil.
func (r *lineReader) obstacle() description {
	following, _, _ := strings.Cut(r.rest, "\n")
	switch {
	case r.rest == "":
		return backslashAtEnd
	case isConflictMarker(following):
		return backslashBeforeConflict
	case beginsEntry(following):
		return backslashBeforeEntry
	}
	return nil
}

// take gives the line up to the next LF, without its line end. A file that went
// through two conversions has CR CR LF.
func (r *lineReader) take() string {
	text, rest, _ := strings.Cut(r.rest, "\n")
	r.rest = rest
	r.number++
	return strings.TrimRight(text, "\r")
}

// note keeps the first flaw: one line is one mistake.
func (l *logicalLine) note(number int, text string, what description) {
	if l.flaw == nil && what != nil {
		l.flaw = &flaw{number, text, what}
	}
}

// flawOf is what makes a line unusable by itself, or nil.
func flawOf(text string) description {
	_, goesOn := cutBackslash(text)
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return nulByte
	case strings.IndexByte(text, '\r') >= 0:
		return carriageReturn
	case isConflictMarker(text):
		return conflictMarker
	case goesOn && text[len(text)-1] != '\\' && !isComment(text):
		return blankAfterBackslash
	}
	return nil
}

// cutBackslash gives the text before a backslash that makes the line go on. White
// space after it does not count here, so that one slip is one mistake.
func cutBackslash(text string) (before string, goesOn bool) {
	trimmed := strings.TrimRightFunc(text, unicode.IsSpace)
	backslashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if backslashes%2 == 0 {
		return text, false
	}
	return trimmed[:len(trimmed)-1], true
}

func isComment(text string) bool {
	return strings.HasPrefix(strings.TrimLeftFunc(text, unicode.IsSpace), "#")
}

// beginsEntry tells whether a line can only be an entry of its own: "worker: x" at
// the left margin. "http://x" or an indented "Accept: x" may belong to a command.
func beginsEntry(text string) bool {
	name, command, colon := strings.Cut(text, ":")
	return colon && ValidType(name) && (command == "" || strings.TrimSpace(command[:1]) == "")
}

// isConflictMarker knows the lines that git writes into a file it could not merge
// (git-merge(1), "HOW CONFLICTS ARE PRESENTED").
func isConflictMarker(text string) bool {
	const length = 7
	if len(text) < length || strings.IndexByte("<=>|", text[0]) < 0 {
		return false
	}
	marker, label := text[:length], text[length:]
	return strings.Trim(marker, text[:1]) == "" && (label == "" || label[0] == ' ' || label[0] == '\r')
}
