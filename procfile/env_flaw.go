package procfile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What can be wrong with a statement of a .env file. None of these shows text from
// the right of a "=", nor a line without one: it may be a piece of a private key.

const envNameRule = "a name is made of letters, digits, _ and ."

func envNoEquals(string) (problem, hint string) {
	return `no "=" in the line`, "write NAME=value; a value of several lines needs quotes around all of it"
}

// envNameFlaw is why a name cannot be one, or nil. godotenv also takes the letters
// of Latin 1, which no shell and hardly a program can name.
func envNameFlaw(name string) description {
	const allowed = typeCharacters + "."
	i := strings.IndexFunc(name, func(r rune) bool { return r == '-' || !strings.ContainsRune(allowed, r) })
	switch {
	case name == "":
		return said("no name before the value", "write NAME=value")
	case i < 0:
		return nil
	case name[i] == ' ' || name[i] == '\t':
		return said("a blank in the name", envNameRule+`; only a small "export" may stand before it`)
	}
	r, _ := utf8.DecodeRuneInString(name[i:])
	return said(fmt.Sprintf("a %q in the name", r), envNameRule)
}

func envOpenQuote(st envStatement) description {
	return said(fmt.Sprintf("the quote that begins the value of %s is never closed", st.name),
		fmt.Sprintf("close it with %c; a quote after a backslash does not count", st.quote))
}

func envAfterQuote(st envStatement) description {
	return said(fmt.Sprintf("text behind the closing quote of %s", st.name),
		fmt.Sprintf("only a comment may follow; a %c inside the value is written \\%[1]c, or the other quotes are put around it", st.quote))
}

func envEscapedEnd(st envStatement) description {
	other := '"'
	if st.quote == '"' {
		other = '\''
	}
	return said(fmt.Sprintf("the value of %s ends in an escaped quote, which would be lost", st.name),
		fmt.Sprintf("put %c around the value", other))
}

func envCommentAsValue(st envStatement) description {
	return said(fmt.Sprintf("a comment right behind the = of %s would become its value", st.name),
		"put quotes between them:   "+st.name+`="" # ...`)
}

func envTwoComments(st envStatement) description {
	return said(fmt.Sprintf(`several " #" behind %s: only the last one would begin the comment`, st.name),
		"put the value in quotes")
}

func envNUL(st envStatement) description {
	return said(fmt.Sprintf("a NUL byte in the value of %s", st.name), "no environment can hold one")
}

func envNotText(st envStatement) description {
	return said(fmt.Sprintf("the value of %s is not UTF-8 text", st.name), "save the file as UTF-8")
}
