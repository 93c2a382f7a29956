package procfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Counts is how many instances of each process type should run; it has every type
// of the Procfile, also those that run 0 times. How they are numbered and which
// ports they get is not decided here.
type Counts map[string]int

const (
	// MostInstances of one type may be asked for: more than any machine runs, few
	// enough that a slip of the finger does not start 40,000 processes.
	MostInstances = 10_000

	everyType   = "all"     // in a formation: each type that is not named
	releaseType = "release" // runs at a deploy, so never unless it is named
)

// ParseCounts reads a formation: arguments of start and values of -m, each a list
// of TYPE=N or TYPE (one instance), separated by commas. "all=N" gives N to each
// type that is not named, but never to release; without it those get 0. No
// arguments at all mean all=1. (Where a type is itself called "all", the word still
// means every type.) Blanks around names and numbers are free.
//
// The error is a Mistakes with all that is wrong, and Counts is then nil. Nothing
// to run is wrong too.
func ParseCounts(args []string, types []string) (Counts, error) {
	if len(args) == 0 {
		args = []string{everyType}
	}
	f := formation{types: types, named: make(map[string]int)}
	for _, arg := range args {
		for item := range strings.SplitSeq(arg, ",") {
			f.item(strings.TrimSpace(item), arg)
		}
	}
	counts := f.counts()
	if f.found.none() && !anyToRun(counts) {
		f.found.add(0, "", f.nothingToRun)
	}
	if err := f.found.mistakes().Err(); err != nil {
		return nil, err
	}
	return counts, nil
}

// formation is the state of one ParseCounts.
type formation struct {
	types []string
	named map[string]int // what the arguments say, "all" included
	found findings
}

// item reads one TYPE=N; arg is the argument it stands in.
func (f *formation) item(text, arg string) {
	name, number, equals := strings.Cut(text, "=")
	name, number = strings.TrimSpace(name), strings.TrimSpace(number)
	if !equals {
		number = "1"
	}
	count, what := parseCount(number)
	_, again := f.named[name]
	switch {
	case name == "":
		f.found.add(0, text, emptyItem(text, arg))
		return
	case name != everyType && !slices.Contains(f.types, name):
		f.found.add(0, name, f.unknownType)
	case again:
		f.found.add(0, name, namedTwice)
	}
	if what != nil {
		f.found.add(0, text, what)
	}
	f.named[name] = count
}

// counts spreads what was named over the types of the Procfile.
func (f *formation) counts() Counts {
	counts := make(Counts, len(f.types))
	for _, t := range f.types {
		count, named := f.named[t]
		if !named && t != releaseType {
			count = f.named[everyType]
		}
		counts[t] = count
	}
	return counts
}

// parseCount reads 0 to MostInstances in decimal digits.
func parseCount(number string) (int, description) {
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return 0, badCount
	}
	count, err := strconv.Atoi(number)
	if err != nil || count > MostInstances {
		return 0, tooMany
	}
	return count, nil
}

func anyToRun(counts Counts) bool {
	for count := range maps.Values(counts) {
		if count > 0 {
			return true
		}
	}
	return false
}
