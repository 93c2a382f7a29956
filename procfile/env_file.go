package procfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/joho/godotenv"
)

// loadFile reads one file into the config, and returns what is wrong with it.
func (c *Config) loadFile(file EnvFile) Mistakes {
	src, err := os.ReadFile(file.Name)
	if errors.Is(err, fs.ErrNotExist) && !file.Required {
		return nil
	}
	found := findings{file: file.Name}
	switch {
	case err != nil:
		found.add(0, "", said("cannot read it: "+readError(err), "name a file that can be read with -e FILE, or none with --no-env"))
	case isUTF16(src):
		found.add(0, "", utf16Text)
	default:
		c.loadText(file.Name, string(src), &found)
	}
	return found.mistakes()
}

// loadText reads statement after statement, so that each knows its line and sees
// those above it.
func (c *Config) loadText(name, text string, found *findings) {
	s := newEnvScanner(text)
	for s.next() {
		value, what := "", s.flaw
		if what == nil {
			value, what = s.statement.value(c.Lookup)
		}
		if what != nil {
			found.add(s.line, "", what)
			continue
		}
		c.set(s.statement.name, value, Origin{name, s.line})
	}
}

// A dollar is hidden from godotenv, which would expand it from its own map and in
// its own way (expandReferences does it instead), behind two of the noncharacters
// that Unicode keeps for internal use (section 23.7): to godotenv they are letters.
const (
	referenceDollar = "\ufdd0" // $
	literalDollar   = "\ufdd1" // \$
)

var hideDollars = strings.NewReplacer(`\$`, literalDollar, "$", referenceDollar)

// value is what the statement gives its name. Quotes, escapes, blanks and comments
// are godotenv's.
func (s envStatement) value(lookup func(string) (string, bool)) (string, description) {
	text := s.text
	if s.quote != '\'' {
		text = hideDollars.Replace(text)
	}
	variables, err := godotenv.Unmarshal(s.name + "=" + text)
	value, ok := variables[s.name]
	if err != nil || !ok || len(variables) != 1 {
		// Not reached as long as envScanner is as strict as godotenv. The error
		// is not shown: it holds the rest of the text.
		return "", said(fmt.Sprintf("cannot read the value of %s", s.name), quoteHint(s.name))
	}
	return expandReferences(s.name, value, lookup)
}

// readError is the reason alone: a message begins with the file's name already.
func readError(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// said is the description of a mistake whose words are known already.
func said(problem, hint string) description {
	return func(string) (string, string) { return problem, hint }
}

func quoteHint(name string) string {
	return "put the value in single quotes:   " + name + "='...'"
}
