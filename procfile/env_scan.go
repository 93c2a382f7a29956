package procfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// envStatement is one NAME=value of a .env file; NAME: value is the same.
type envStatement struct {
	name   string
	spaced bool   // blanks stand before the value
	quote  byte   // that the value begins with, or 0
	text   string // of the value: with its quotes, or up to the line's end
}

// envScanner cuts the text of a .env file into statements, at the same places as
// godotenv does, and knows their lines. It refuses what godotenv refuses, and what
// godotenv misreads: a line without "=" or with a blank in the name (it becomes the
// name), a comment right behind "=" or with a second " #" (it becomes the value),
// text behind a closing quote (it becomes a statement), an escaped quote at the end
// (it is lost), bytes that are not UTF-8 (they are replaced).
type envScanner struct {
	statement envStatement
	flaw      description // nil, or why statement must not be used
	line      int         // where statement begins, from 1

	rest     string
	consumed int // line ends before rest
}

func newEnvScanner(text string) *envScanner {
	return &envScanner{rest: strings.TrimPrefix(text, "\ufeff")}
}

// next scans the next statement, or returns false at the end of the text.
func (s *envScanner) next() bool {
	s.skipTo(strings.TrimLeftFunc(s.rest, unicode.IsSpace))
	for strings.HasPrefix(s.rest, "#") {
		s.skipTo(envLineEnd(s.rest))
		s.skipTo(strings.TrimLeftFunc(s.rest, unicode.IsSpace))
	}
	if s.rest == "" {
		return false
	}
	s.statement, s.flaw, s.line = envStatement{}, nil, s.consumed+1
	if s.scanName() {
		s.scanValue()
	}
	if s.flaw != nil {
		s.skipTo(envLineEnd(s.rest))
	}
	return true
}

// skipTo goes on at a later part of the text.
func (s *envScanner) skipTo(rest string) {
	s.consumed += strings.Count(s.rest[:len(s.rest)-len(rest)], "\n")
	s.rest = rest
}

// scanName goes to the value, past a bad name too: a value of several lines is one
// mistake. It returns false where there is no value.
func (s *envScanner) scanName() bool {
	end := strings.IndexAny(s.rest, "=:\n")
	if end < 0 || s.rest[end] == '\n' {
		s.flaw = envNoEquals
		return false
	}
	name := s.rest[:end]
	if after, ok := strings.CutPrefix(name, "export"); ok {
		if trimmed := strings.TrimLeftFunc(after, isEnvBlank); trimmed != after {
			name = trimmed
		}
	}
	s.statement.name = strings.TrimRight(name, "\t\v\f\r ")
	s.flaw = envNameFlaw(s.statement.name)
	value := strings.TrimLeftFunc(s.rest[end+1:], isEnvBlank)
	s.statement.spaced = value != s.rest[end+1:]
	s.skipTo(value)
	return true
}

// scanValue takes the value, and looks at what follows it.
func (s *envScanner) scanValue() {
	end := strings.IndexAny(s.rest, "\n\r")
	if end < 0 {
		end = len(s.rest)
	}
	if s.rest != "" && (s.rest[0] == '"' || s.rest[0] == '\'') {
		s.statement.quote = s.rest[0]
		end = closingQuote(s.rest)
	}
	if end < 0 {
		// Where the value ends is anybody's guess, and so is what follows.
		s.skipTo("")
		s.note(envOpenQuote(s.statement))
		return
	}
	s.statement.text = s.rest[:end]
	s.skipTo(s.rest[end:])
	s.note(s.statement.flawBefore(s.rest))
}

// note keeps the first flaw: one statement is one mistake.
func (s *envScanner) note(flaw description) {
	if s.flaw == nil {
		s.flaw = flaw
	}
}

// closingQuote is the length of a quoted value with its quotes, or -1. A backslash
// before a quote escapes it, even if it is escaped itself.
func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] == text[0] && text[i-1] != '\\' {
			return i + 1
		}
	}
	return -1
}

// flawBefore is why the statement, which rest follows, would not be read as it was
// meant.
func (st envStatement) flawBefore(rest string) description {
	after := strings.TrimLeftFunc(strings.TrimSuffix(rest, envLineEnd(rest)), unicode.IsSpace)
	switch {
	case strings.Contains(st.text, "\x00"):
		return envNUL(st)
	case !utf8.ValidString(st.text), strings.ContainsAny(st.text, referenceDollar+literalDollar):
		return envNotText(st)
	case st.quote == 0 && st.spaced && strings.HasPrefix(st.text, "#"):
		return envCommentAsValue(st)
	case st.quote == 0 && len(commentStart.FindAllString(st.text, 2)) > 1:
		return envTwoComments(st)
	case st.quote == 0:
		return nil
	case after != "" && after[0] != '#':
		return envAfterQuote(st)
	case strings.HasSuffix(st.text, `\`+string([]byte{st.quote, st.quote})):
		return envEscapedEnd(st)
	}
	return nil
}

// commentStart is what begins a comment behind an unquoted value.
var commentStart = regexp.MustCompile(`[\t\v\f\r \x{85}\x{a0}]#`)

// isEnvBlank is godotenv's idea of white space within a line.
func isEnvBlank(r rune) bool {
	return strings.ContainsRune("\t\v\f\r \u0085\u00a0", r)
}

// envLineEnd is the text from its first line end on.
func envLineEnd(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[i:]
	}
	return ""
}
