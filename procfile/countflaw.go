package procfile

import (
	"fmt"
	"slices"
	"strings"
)

func badCount(item string) (problem, hint string) {
	name, number, _ := strings.Cut(item, "=")
	name, number = strings.TrimSpace(name), strings.TrimSpace(number)
	hint = fmt.Sprintf("write a number from 0 to %d, as in   web=2", MostInstances)
	if number == "" {
		return fmt.Sprintf("no count after %s", quoteLine(item)), hint
	}
	problem = fmt.Sprintf("bad count %s for %s", quoteLine(number), quoteLine(name))
	if number[0] == '+' || number[0] == '-' {
		return problem, hint + " (+N and -N are for   supervise scale)"
	}
	return problem, hint
}

func tooMany(item string) (problem, hint string) {
	return fmt.Sprintf("too many instances: %s", quoteLine(item)),
		fmt.Sprintf("at most %d of a type can run", MostInstances)
}

func namedTwice(name string) (problem, hint string) {
	return fmt.Sprintf("%s is named twice in the formation", quoteLine(name)), "name it once, with the count that you want"
}

// emptyItem describes an item without a name: "=2", or nothing where a list has a
// comma too many or a variable was empty.
func emptyItem(item, arg string) description {
	return func(string) (problem, hint string) {
		switch {
		case item != "":
			return "no process type before " + quoteLine(item), "write TYPE=N in one word, as in   web=2"
		case strings.TrimSpace(arg) == "":
			return "an empty formation " + quoteLine(arg), "name a process type, as in   web=2"
		}
		return "no process type beside a comma in " + quoteLine(arg), "delete the comma, or name a type"
	}
}

// unknownType describes a name that the Procfile does not have.
func (f *formation) unknownType(name string) (problem, hint string) {
	problem = fmt.Sprintf("unknown process type %s: the Procfile has %s", quoteLine(name), listTypes(f.types))
	end := strings.IndexAny(name, ".:")
	if end > 0 && slices.Contains(f.types, name[:end]) {
		return problem, "write it as   " + name[:end] + "=N"
	}
	if _, flaw := parseCount(name); flaw == nil {
		return problem, "a count stands behind its type, as in   web=" + name
	}
	if meant := Suggest(name, append(slices.Clip(f.types), everyType)); meant != "" {
		return problem, "did you mean " + meant + "?"
	}
	return problem, ""
}

// listTypes names the first dozen types.
func listTypes(types []string) string {
	const most = 12
	if len(types) == 0 {
		return "none"
	}
	if len(types) <= most {
		return strings.Join(types, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(types[:most], ", "), len(types)-most)
}

func (f *formation) nothingToRun(string) (problem, hint string) {
	problem = "nothing to run: every count is 0"
	if slices.Equal(f.types, []string{releaseType}) && f.named[everyType] > 0 {
		return "nothing to run: release runs only if it is named", "name it:   supervise start release"
	}
	for _, t := range f.types {
		if t != releaseType {
			return problem, "give one type at least 1, as in   " + t + "=1"
		}
	}
	return problem, "give one type at least 1"
}
