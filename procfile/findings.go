package procfile

import "fmt"

// mostFindings is how many mistakes of one file are put into words. Twenty fit on a
// screen; a file with more of them is mostly not a Procfile.
const mostFindings = 20

// description puts a mistake into words from the text it was found in.
type description func(text string) (problem, hint string)

// findings gathers the mistakes of one file or command line: the first
// mostFindings of them, and the number of the rest. The zero value is ready.
type findings struct {
	file string
	kept Mistakes
	rest int
}

// add notes one mistake. It is described only if it is kept, so that 10 MB of
// mistakes cost no more than counting them.
func (f *findings) add(line int, text string, what description) {
	if len(f.kept) == mostFindings {
		f.rest++
		return
	}
	problem, hint := what(text)
	f.kept = append(f.kept, &Mistake{File: f.file, Line: line, Problem: problem, Hint: hint})
}

func (f *findings) none() bool { return len(f.kept) == 0 }

// mistakes gives what was found; the last one counts those that were not kept.
func (f *findings) mistakes() Mistakes {
	if f.rest == 0 {
		return f.kept
	}
	return append(f.kept, &Mistake{File: f.file, Problem: fmt.Sprintf("%d more mistakes", f.rest)})
}
