package procfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plainWord is a word of a command as it was written.
type plainWord struct {
	text       string
	references []string // the names of the variables in it
}

// wordScanner goes through a command as a shell does, and stops at the first thing
// of which shells, or a shell and go-shellwords, may make different words.
type wordScanner struct {
	text   string
	lookup func(name string) (string, bool)
	pos    int
	words  []plainWord
}

// scan fills words, or says what stopped it.
func (s *wordScanner) scan() (why string) {
	if why := textFlaw(s.text); why != "" {
		return why
	}
	for {
		s.pos += len(s.text[s.pos:]) - len(strings.TrimLeft(s.text[s.pos:], " \t"))
		if s.pos == len(s.text) {
			return ""
		}
		if why := s.word(); why != "" {
			return why
		}
	}
}

// textFlaw is what no command for us may contain, quoted or not.
func textFlaw(text string) string {
	isControl := func(r rune) bool { return r != '\t' && unicode.IsControl(r) }
	switch {
	case strings.Contains(text, "\n"):
		return "has several lines"
	case strings.ContainsFunc(text, isControl):
		return "has a control character"
	case !utf8.ValidString(text):
		return "is not UTF-8 text"
	}
	return ""
}

// word scans one word, which begins at pos.
func (s *wordScanner) word() (why string) {
	start := s.pos
	s.words = append(s.words, plainWord{})
	for s.pos < len(s.text) && !strings.ContainsRune(" \t", rune(s.text[s.pos])) {
		switch c := s.text[s.pos]; {
		case c == '\'':
			why = s.singleQuoted()
		case c == '"':
			why = s.doubleQuoted()
		case c == '\\':
			why = s.escape(shellPunctuation)
		case c == '$':
			why = s.reference(unquotedFlaw)
		case c == '#' && s.pos == start:
			why = "has a comment"
		case strings.IndexByte("*?[", c) >= 0 && s.isAssigning(start):
			// Assigned values are no patterns (POSIX, XCU 2.9.1): QUEUE=* rake work.
			s.pos++
		default:
			why = s.unquoted()
		}
		if why != "" {
			return why
		}
	}
	s.words[len(s.words)-1].text = s.text[start:s.pos]
	return ""
}

// isAssigning says whether pos is in the value of a leading NAME=value, which
// begins at start and is the last of words.
func (s *wordScanner) isAssigning(start int) bool {
	return len(s.assignments()) == len(s.words)-1 && assignment.MatchString(s.text[start:s.pos])
}

const (
	shellOperators = "&|;<>"
	// Groups, substitutions, patterns, bash's {a,b}, and folders of users. What is
	// outside ASCII may be a blank in one locale and not in another.
	shellSpecial     = "()`*?[{}~"
	shellPunctuation = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

func (s *wordScanner) unquoted() (why string) {
	rest := s.text[s.pos:]
	operator := rest[:len(rest)-len(strings.TrimLeft(rest, shellOperators))]
	switch {
	case operator != "":
		return `uses "` + operator + `"`
	case strings.IndexByte(shellSpecial, rest[0]) >= 0:
		return `uses "` + rest[:1] + `"`
	case rest[0] >= utf8.RuneSelf:
		_, n := utf8.DecodeRuneInString(rest)
		return `has "` + rest[:n] + `" outside quotes`
	}
	s.pos++
	return ""
}

func (s *wordScanner) singleQuoted() (why string) {
	length := strings.IndexByte(s.text[s.pos+1:], '\'')
	if length < 0 {
		return "has an open quote"
	}
	s.pos += length + 2
	return ""
}

func (s *wordScanner) doubleQuoted() (why string) {
	s.pos++
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case '"':
			s.pos++
			return ""
		case '`':
			return "uses \"`\""
		case '\\':
			// go-shellwords drops every backslash here, a shell keeps the others.
			why = s.escape("$`\"\\")
		case '$':
			why = s.reference(quotedFlaw)
		default:
			s.pos++
		}
		if why != "" {
			return why
		}
	}
	return "has an open quote"
}

// escape takes a backslash and one of the allowed characters. (Of letters,
// go-shellwords makes a tab out of \t and a line end out of \n.)
func (s *wordScanner) escape(allowed string) (why string) {
	escaped := s.text[s.pos+1:]
	if escaped == "" || strings.IndexByte(allowed, escaped[0]) < 0 {
		_, n := utf8.DecodeRuneInString(escaped)
		return `uses "\` + escaped[:n] + `"`
	}
	s.pos += 2
	return ""
}

var plainReference = regexp.MustCompile(`^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)

// reference takes $NAME or ${NAME}, and lets flaw judge the value.
func (s *wordScanner) reference(flaw func(value string) string) (why string) {
	rest := s.text[s.pos:]
	m := plainReference.FindStringSubmatch(rest)
	if m == nil {
		_, n := utf8.DecodeRuneInString(rest[1:])
		return `uses "` + rest[:1+n] + `"`
	}
	name, behind := m[1]+m[2], rest[len(m[0]):]
	value, ok := s.lookup(name)
	switch {
	case isSetByShell(name), !ok && isDefaultOfShell(name):
		return "$" + name + " is the shell's"
	case m[1] != "" && behind != "" && behind[0] >= utf8.RuneSelf:
		// To go-shellwords a letter outside ASCII is part of the name.
		return "the end of $" + name + " is in doubt"
	case flaw(value) != "":
		return "$" + name + " " + flaw(value)
	}
	word := &s.words[len(s.words)-1]
	word.references = append(word.references, name)
	s.pos += len(m[0])
	return ""
}

// unquotedFlaw is what makes a value more or less than one word outside quotes.
func unquotedFlaw(value string) string {
	switch {
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "would be split"
	case strings.ContainsAny(value, `*?[\`):
		return "would be globbed"
	case strings.Contains(value, "{"):
		return "may have its braces expanded" // as mksh does, in values too: {a,b}
	case strings.ContainsFunc(value, func(r rune) bool { return r >= utf8.RuneSelf || unicode.IsControl(r) }):
		return "is not plain text"
	}
	return ""
}

// quotedFlaw is what shells may not pass on even in double quotes.
func quotedFlaw(value string) string {
	isControl := func(r rune) bool { return r != '\t' && r != '\n' && unicode.IsControl(r) }
	if !utf8.ValidString(value) || strings.ContainsFunc(value, isControl) {
		return "is not plain text"
	}
	return ""
}
