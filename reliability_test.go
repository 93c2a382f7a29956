package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/RELIABILITY.md says is shown by tests that there are, and every row has one
// and its control.
func TestTheTableOfFaultsNamesTests(t *testing.T) {
	page, err := os.ReadFile("docs/RELIABILITY.md")
	must(t, err)
	for _, wrong := range wrongRows(string(page), testNames(t)) {
		t.Error(wrong)
	}
}

func TestAWrongRowOfTheTableIsFound(t *testing.T) {
	names := testNames(t)
	for row, want := range map[string]string{
		"| a | b | `TestNothing` | c | d |":       "TestNothing is no test",
		"| a | b | `no_such.txtar` | c | d |":     "no_such.txtar is no test",
		"| a | b | c | d | e |":                   "no test: | a | b | c | d | e |",
		"| a | b | `start_sigterm.txtar` | | e |": "no control: | a | b | `start_sigterm.txtar` | | e |",
	} {
		got := wrongRows(row, names)
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q: found %q, want %q", row, got, want)
		}
	}
}

var testName = regexp.MustCompile("`(Test\\w+(?:/[\\w-]+)?|\\w+\\.txtar)`")

func wrongRows(page string, names map[string]bool) (wrong []string) {
	for _, found := range testName.FindAllStringSubmatch(page, -1) {
		if !names[found[1]] {
			wrong = append(wrong, found[1]+" is no test")
		}
	}
	for row := range strings.Lines(page) {
		row = strings.TrimSpace(row)
		cells := strings.Split(row, "|")
		if len(cells) != 7 || strings.Contains(row, "---") || strings.Contains(row, "| Fault |") {
			continue
		}
		if test := cells[3]; !testName.MatchString(test) && !strings.Contains(test, "every other") {
			wrong = append(wrong, "no test: "+row)
		}
		if strings.TrimSpace(cells[4]) == "" {
			wrong = append(wrong, "no control: "+row)
		}
	}
	return wrong
}

var (
	testFunc  = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	storyName = regexp.MustCompile(`(?m)^\t\t"(\w+)":\s+container\w+,$`)
)

// testNames are those of functions, stories of the container, transcripts and scripts.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	collect := func(pattern string, name func(path string)) {
		paths, err := filepath.Glob(pattern)
		must(t, err)
		for _, path := range paths {
			name(path)
		}
	}
	source := func(path string) {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, found := range testFunc.FindAllStringSubmatch(string(text), -1) {
			names[found[1]] = true
		}
		for _, found := range storyName.FindAllStringSubmatch(string(text), -1) {
			names["TestInAContainer/"+found[1]] = true
		}
	}
	collect("*_test.go", source)
	collect("*/*_test.go", source)
	collect("testdata/script/*.txtar", func(path string) { names[filepath.Base(path)] = true })
	collect("supervisor/testdata/life/*.txt", func(path string) {
		names["TestTranscripts/"+strings.TrimSuffix(filepath.Base(path), ".txt")] = true
	})
	return names
}
