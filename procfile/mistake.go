package procfile

import (
	"fmt"
	"strings"
)

// Mistake is one thing a user has to mend: a line of a Procfile or .env file, or
// a word of a formation.
type Mistake struct {
	File    string // as the user named it; empty for command line arguments
	Line    int    // counts from 1; 0 where the mistake is the whole file's
	Problem string // lower case, with the text seen; never a variable's value
	Hint    string // what to write instead; may be empty
}

// Error gives the mistake as "File:Line: problem", without the hint.
func (m *Mistake) Error() string {
	switch {
	case m.File == "":
		return m.Problem
	case m.Line == 0:
		return m.File + ": " + m.Problem
	default:
		return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Problem)
	}
}

// Mistakes are all that was found in one reading, in the order of the text; of
// very many the first 20, and a last one with the number of the others. A nil slice
// means that there were none.
type Mistakes []*Mistake

// Error gives every mistake on a line of its own, its hint indented below it.
func (ms Mistakes) Error() string {
	var b strings.Builder
	for i, m := range ms {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(m.Error())
		if m.Hint != "" {
			b.WriteString("\n  hint: " + m.Hint)
		}
	}
	return b.String()
}

// Err is the mistakes as an error: nil when there are none, so that the usual
// comparison with nil holds.
func (ms Mistakes) Err() error {
	if len(ms) == 0 {
		return nil
	}
	return ms
}
