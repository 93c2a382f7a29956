package procfile

import (
	"bytes"
	"strings"
)

// File is a Procfile as far as it could be read. The zero value has no entries:
// there is nothing to run, and no --lax can help.
type File struct {
	Name    string  // as the user named it; "stdin" for "-"
	Entries []Entry // in the order of the text, each type once

	// Meant are the types that lines with a mistake were probably meant to have. It is
	// hardly another mistake to name them.
	Meant []string
}

// Entry is one "type: command".
type Entry struct {
	Type    string // 1 to 63 of A-Z a-z 0-9 _ -
	Command string // never empty; untouched but for white space at both ends and joined lines
	Line    int    // where it begins, from 1
}

// Types gives the process types in the order of the text, which is also the order
// of their ports.
func (f *File) Types() []string {
	types := make([]string, len(f.Entries))
	for i, e := range f.Entries {
		types[i] = e.Type
	}
	return types
}

// Lookup finds the entry of a process type; upper and lower case differ.
func (f *File) Lookup(processType string) (Entry, bool) {
	for _, e := range f.Entries {
		if e.Type == processType {
			return e, true
		}
	}
	return Entry{}, false
}

// Parse reads the text of a Procfile. It returns every entry that could be read,
// in a File that is never nil, and what is wrong with the other lines: the first
// 20 mistakes and the number of the rest.
//
// A caller that goes on in spite of mistakes (--lax) finds the broken lines left
// out and the first of duplicates kept. Where File has no entries it cannot go on,
// and there is at least one mistake that says why.
//
//   - An entry is a type, a colon and a command; white space around each is free.
//     Blank lines, and lines that begin with #, are skipped.
//   - Line ends are LF or CRLF, also mixed. A byte order mark is skipped.
//   - As in sh (POSIX, XCU 2.2.1) a backslash right before the line end vanishes
//     together with it, the next line's indentation stays, two backslashes are no
//     continuation, and a comment never goes on.
//   - A line that goes on in what cannot belong to it (the end of the file, an
//     entry that is not indented, a conflict marker) is a mistake.
func Parse(name string, src []byte) (*File, Mistakes) {
	p := parsing{
		file:    &File{Name: name},
		found:   findings{file: name},
		firstIn: make(map[string]int),
	}
	if isUTF16(src) {
		p.found.add(0, "", utf16Text)
		return p.file, p.found.mistakes()
	}
	lines := lineReader{rest: string(bytes.TrimPrefix(src, []byte("\ufeff")))}
	for l, ok := lines.next(); ok; l, ok = lines.next() {
		p.line(l)
	}
	if len(p.file.Entries) == 0 && p.found.none() {
		p.found.add(0, "", noEntry)
	}
	return p.file, p.found.mistakes()
}

// parsing is the state of one Parse.
type parsing struct {
	file    *File
	found   findings
	firstIn map[string]int // process type to the line of its entry
}

// line adds a line's entry to the file, or its mistake to the findings.
func (p *parsing) line(l logicalLine) {
	if l.flaw != nil {
		meant, _, _ := splitEntry(strings.TrimSpace(l.flaw.text))
		p.mistake(meant, l.flaw.number, l.flaw.text, l.flaw.what)
		return
	}
	text := strings.TrimSpace(l.text)
	if text == "" || text[0] == '#' {
		return
	}
	processType, command, what := splitEntry(text)
	first, again := p.firstIn[processType]
	if what == nil && again {
		what = duplicateOf(processType, first)
	}
	if what != nil {
		p.mistake(processType, l.number, text, what)
		return
	}
	p.firstIn[processType] = l.number
	p.file.Entries = append(p.file.Entries, Entry{processType, command, l.number})
}

// mistake adds one, and the type that was meant; "" if nobody knows.
func (p *parsing) mistake(meant string, number int, text string, what description) {
	if _, there := p.firstIn[meant]; !there && ValidType(meant) && len(p.file.Meant) < mostFindings {
		p.file.Meant = append(p.file.Meant, meant)
	}
	p.found.add(number, text, what)
}

// splitEntry cuts "type: command" in two. With a nil description both are valid, else the
// type is the one that was probably meant.
func splitEntry(text string) (processType, command string, what description) {
	before, after, colon := strings.Cut(text, ":")
	processType, command = strings.TrimSpace(before), strings.TrimSpace(after)
	switch {
	case isAssignment(text):
		return "", "", variableLine
	case !colon, colonIsTheCommands(processType, after):
		return mendType(firstWord(text)), "", noColon
	case !ValidType(processType):
		return mendType(processType), "", badType
	case command == "":
		return processType, "", noCommand
	case command[0] == '#':
		return processType, "", onlyComment
	}
	return processType, command, nil
}

// colonIsTheCommands tells "web puma -b tcp://0.0.0.0", where the type's colon was
// forgotten, from "my web: puma", where the type is a bad one.
func colonIsTheCommands(before, after string) bool {
	inWord := after != "" && strings.TrimSpace(after[:1]) != ""
	return inWord && len(strings.Fields(before)) > 1
}

// mostTypeBytes is the length of a DNS label (RFC 1035, 2.3.4): a type can become a
// host name, a unit name or a Kubernetes label.
const mostTypeBytes = 63

// ValidType says that a name can be a process type: one to 63 letters, digits, - and _.
func ValidType(name string) bool {
	return 0 < len(name) && len(name) <= mostTypeBytes && strings.Trim(name, typeCharacters) == ""
}

const typeCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
