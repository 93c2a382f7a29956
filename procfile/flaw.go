package procfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

const (
	exampleEntry = "web: bundle exec puma -p $PORT"
	typeRule     = "a type is 1 to 63 letters, digits, - and _ (ASCII)"
)

func noEntry(string) (problem, hint string) {
	return "no entry at all", "write lines like   " + exampleEntry
}

func utf16Text(string) (problem, hint string) {
	return "the text is UTF-16", "save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)"
}

func isUTF16(src []byte) bool {
	return bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff"))
}

func nulByte(text string) (problem, hint string) {
	return "NUL byte in " + quoteLine(text), "a Procfile is plain text: delete it"
}

func carriageReturn(text string) (problem, hint string) {
	return "carriage return inside " + quoteLine(text), "end lines with LF or CRLF"
}

func conflictMarker(text string) (problem, hint string) {
	return "merge conflict marker " + quoteLine(text), "choose one side, then delete the markers"
}

func blankAfterBackslash(text string) (problem, hint string) {
	return "white space after the last backslash of " + quoteEnd(text),
		"delete it: a line goes on only if the backslash is its last character"
}

func backslashAtEnd(text string) (problem, hint string) {
	return "the file ends after the backslash of " + quoteEnd(text), "delete the backslash, or add what is missing"
}

func backslashBeforeEntry(text string) (problem, hint string) {
	return "an entry follows the backslash of " + quoteEnd(text),
		"delete the backslash, or indent the next line if it belongs to this command"
}

func backslashBeforeConflict(text string) (problem, hint string) {
	return "a merge conflict follows the backslash of " + quoteEnd(text), "choose one side, then delete the markers"
}

func commentInside(text string) (problem, hint string) {
	return "comment inside a command that goes on: " + quoteLine(text),
		"move it above the command: a shell would take all that follows for comment"
}

func noCommand(text string) (problem, hint string) {
	return "no command after " + quoteLine(text), "write one, or put a # before the type to switch the entry off"
}

func onlyComment(text string) (problem, hint string) {
	return "only a comment after the colon in " + quoteLine(text),
		"write a command, or put the # before the type to switch the entry off"
}

func duplicateOf(processType string, first int) description {
	return func(string) (problem, hint string) {
		return fmt.Sprintf("process type %q is already in line %d", processType, first),
			"delete one, give it another name, or join the commands with &&"
	}
}

func badType(text string) (problem, hint string) {
	before, command, _ := strings.Cut(text, ":")
	before = strings.TrimSpace(before)
	switch {
	case before == "":
		problem, before = "no process type before the colon in "+quoteLine(text), "web"
	case len(before) > mostTypeBytes && strings.Trim(before, typeCharacters) == "":
		return fmt.Sprintf("process type of %d characters: %s", len(before), quoteLine(before)), typeRule
	default:
		problem = "bad process type " + quoteLine(before)
	}
	if hint := foreignSyntax(before); hint != "" {
		return problem, hint
	}
	if mended := mendType(before); ValidType(mended) {
		return problem, typeRule + ": write it as   " + sampleEntry(mended, command)
	}
	return problem, typeRule
}

// mendType puts a dash for each run of characters that a type cannot have.
func mendType(name string) string {
	good := strings.FieldsFunc(name, func(r rune) bool { return !strings.ContainsRune(typeCharacters, r) })
	return strings.Join(good, "-")
}

func noColon(text string) (problem, hint string) {
	problem = "no colon after the process type in " + quoteLine(text)
	if hint := foreignSyntax(text); hint != "" {
		return problem, hint
	}
	first := firstWord(text)
	command := strings.TrimSpace(text[len(first):])
	switch {
	case text[0] == '-':
		return problem, "if it belongs to the line above, end that with a backslash"
	case command == "":
		return problem, "an entry is   TYPE: COMMAND   as in   " + exampleEntry
	case ValidType(first) && !isProgram(first) && command[0] != '-':
		return problem, "write it as   " + sampleEntry(first, command)
	}
	return problem, "put a process type before it, as in   " + sampleEntry("web", text)
}

func firstWord(text string) string {
	if blank := strings.IndexFunc(text, unicode.IsSpace); blank >= 0 {
		return text[:blank]
	}
	return text
}

// isProgram knows words that begin a command far more often than they name a type.
func isProgram(word string) bool {
	switch word {
	case "bash", "bundle", "cd", "celery", "docker", "env", "exec", "export", "gunicorn", "heroku", "java",
		"node", "npm", "npx", "php", "python", "python3", "rails", "rake", "ruby", "sh", "source", "yarn":
		return true
	}
	return false
}

// foreignSyntax is the hint for text that is right in another kind of file, or "".
func foreignSyntax(text string) string {
	for _, comment := range []string{"//", "/*", "-- ", ";", "<!--", "% "} {
		if strings.HasPrefix(text, comment) {
			return "a comment begins with #"
		}
	}
	switch {
	case strings.HasPrefix(text, "{%"), strings.Contains(text, "{{ "):
		return "this is a template: fill it in first"
	case strings.Contains(text, "\uff1a"):
		return "the colon is a full-width one (U+FF1A): write an ASCII one"
	case strings.HasPrefix(text, "CMD "), strings.HasPrefix(text, "RUN "), strings.HasPrefix(text, "ENTRYPOINT "):
		return "this is a line of a Dockerfile"
	}
	return ""
}

// variableLine describes an assignment without its value, which may be a secret.
func variableLine(text string) (problem, hint string) {
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "export "), "=")
	return "variable " + clipEnd(name) + " instead of an entry", "variables belong in .env"
}

// isAssignment knows "NAME=value" and "export NAME=value".
func isAssignment(text string) bool {
	name, _, equals := strings.Cut(strings.TrimPrefix(text, "export "), "=")
	return equals && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
