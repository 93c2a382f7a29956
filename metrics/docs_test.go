package metrics

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const docs = "../docs/metrics.md"

func TestTheDocsListEverySeries(t *testing.T) {
	const begin, end = "<!-- series: begin -->\n", "<!-- series: end -->"
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	listed, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the series between %q and %q", docs, begin, end)
	}
	want := seriesTable()
	if *update {
		if err := os.WriteFile(docs, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if listed != want {
		t.Errorf("%s is out of date: go test ./metrics -update\n%s", docs, want)
	}
}

func seriesTable() string {
	var b strings.Builder
	b.WriteString("| series | kind | labels | meaning |\n|---|---|---|---|\n")
	for _, s := range table {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, s.kind, strings.Join(s.labels, ", "), s.help)
	}
	return b.String()
}

// What is in the table is told, and nothing else is.
func TestThePageHasEverySeriesOfTheTable(t *testing.T) {
	kinds := map[string]string{}
	for _, family := range gather(t, observed(), at(6902)) {
		kinds[family.GetName()] = strings.ToLower(family.GetType().String())
	}
	for _, s := range table {
		if kinds[s.name] != string(s.kind) {
			t.Errorf("%s is told as %q, want a %s", s.name, kinds[s.name], s.kind)
		}
	}
	if len(kinds) != len(table) {
		t.Errorf("%d series are told, %d are in the table", len(kinds), len(table))
	}
}

// The examples of the docs are valid, and speak of series that there are.
func TestTheExamplesOfTheDocsAreValid(t *testing.T) {
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`\bsupervise_\w+`).FindAllString(string(text), -1) {
		name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !strings.Contains(seriesTable(), "`"+name+"`") {
			t.Errorf("%s speaks of %s, which there is not", docs, name)
		}
	}
	for key, check := range map[string]string{"scrape_configs:": "config", "groups:": "rules"} {
		example := example(t, string(text), key)
		t.Run(check, func(t *testing.T) {
			if _, err := exec.LookPath("promtool"); err != nil {
				t.Skip("promtool is missing: apt-get install prometheus")
			}
			file := filepath.Join(t.TempDir(), "example.yml")
			if err := os.WriteFile(file, []byte(example), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("promtool", "check", check, file).CombinedOutput(); err != nil {
				t.Errorf("promtool check %s: %v\n%s", check, err, out)
			}
		})
	}
}

// example is the block of YAML that begins with key.
func example(t *testing.T, text, key string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "```yaml\n"+key)
	block, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatalf("%s has no example of %s", docs, key)
	}
	return key + block
}
