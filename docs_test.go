package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThePagesAreTrue types what README.md and the pages of docs show in their console
// blocks. A page is one story in a folder of its own: see [reader].
func TestThePagesAreTrue(t *testing.T) {
	app := buildApp(t)
	for _, name := range pages(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var env []string
			if name == "README.md" { // its worker.3 has lived for two minutes when it crashes
				env = append(env, "SUPERVISE_STABLE_AFTER=1ms")
			}
			newReader(t, app, env...).follow(blocksOf(string(text)))
		})
	}
}

// The commands of sh blocks are not run, but a shell can read them.
func TestAShellCanReadWhatIsNotRun(t *testing.T) {
	for _, name := range pages(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocksOf(string(text)) {
			if b.language != "sh" {
				continue
			}
			cmd := exec.Command("bash", "-n")
			cmd.Stdin = strings.NewReader(b.text())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s:%d: %v: %s", name, b.line, err, out)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`)

func TestLinksOfThePagesLeadToFiles(t *testing.T) {
	for _, name := range pages(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), found[1])); err != nil {
				t.Errorf("%s: a link leads nowhere: %v", name, err)
			}
		}
	}
}

func pages(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("docs/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no pages in docs: %v", err)
	}
	return append(names, "README.md")
}

// buildApp compiles the example app, which the pages run.
func buildApp(t *testing.T) string {
	t.Helper()
	app := filepath.Join(t.TempDir(), "hello")
	if out, err := exec.Command("go", "build", "-o", app, "./examples/hello").CombinedOutput(); err != nil {
		t.Fatalf("cannot build the example app: %v\n%s", err, out)
	}
	return app
}

// The negative control: pages that are wrong in each way there is.
func TestAWrongPageIsFound(t *testing.T) {
	for _, c := range []struct {
		name, shown, output string
		want                bool
	}{
		{"the same", "web.1 up (pid 7, was 6)\n…", "web.1 up (pid 812, was 811)\nmore\nyet more\n", true},
		{"another column width", "A   B", "A B\n", true},
		{"another word", "web.1 up", "web.1 down\n", false},
		{"a line too many", "a\nb", "a\n", false},
		{"a line too few", "a", "a\nb\n", false},
		{"a wildcard that would need another line", "a…b", "a\nb\n", false},
	} {
		if got := looksLike(strings.Split(c.shown, "\n"), c.output); got != c.want {
			t.Errorf("%s: %q looks like %q: %t, want %t", c.name, c.output, c.shown, got, c.want)
		}
	}
	for _, page := range []string{
		"$ supervise no-such-command",
		"$ false",
		"$ echo hello\ngoodbye",
		"$ cat Procfile\nweb: true\n$ supervise check nosuch",
		"$ cat Procfile\njob: child say hello\n$ supervise start\n15:04:05 job.1 | goodbye",
	} {
		var complaint bytes.Buffer
		r := newReader(t, "hello") // which none of them runs
		r.complain = func(format string, args ...any) { complaint.WriteString(format) }
		r.follow([]block{{language: "console", lines: strings.Split(page, "\n")}})
		if complaint.Len() == 0 {
			t.Errorf("nobody complains about\n%s", page)
		}
	}
}
