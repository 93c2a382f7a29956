package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Commands that the reader of a page cannot type, because they want an engine, root or
// another terminal: those of sh blocks, and those in files that engines read. Supervise is
// asked whether it knows each with its flags.
func TestSuperviseKnowsTheCommandsThatAreNotTyped(t *testing.T) {
	found := 0
	for _, name := range pages(t) {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, b := range blocksOf(string(text)) {
			for _, command := range b.commands() {
				found++
				if out, err := known(command); err != nil {
					t.Errorf("%s:%d: supervise %q: %v\n%s", name, b.line, command, err, out)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("%d commands are found, want all of some twenty", found)
	}
	for _, wrong := range [][]string{{"strat"}, {"start", "--no-such"}, {"wait", "--timeout", "soon"}} { // the control
		if _, err := known(wrong); err == nil {
			t.Errorf("supervise knows %q", wrong)
		}
	}
}

// known asks for help with everything else in place, which reads the flags and does nothing.
func known(command []string) (said []byte, err error) {
	if said, err = exec.Command("supervise", "help", command[0]).CombinedOutput(); err != nil {
		return said, err
	}
	args := slices.Insert(slices.Clone(command), 1, "--help")
	return exec.Command("supervise", args...).CombinedOutput()
}

var (
	typedCommand = regexp.MustCompile(`(?:^|[ /])(?:supervise|IMAGE) +([a-z].*)$`)
	unitCommand  = regexp.MustCompile(`^Exec\w+=\S+/supervise +(.*)$`)
	listCommand  = regexp.MustCompile(`^\s*(?:CMD|HEALTHCHECK .*CMD|command:|args:) +(\[.*\])$`)
	shellComment = regexp.MustCompile(`\s+# .*`)
)

// commands are those of supervise in a block that is not typed, without its name.
func (b block) commands() (all [][]string) {
	if b.language == "console" || b.language == "text" { // typed, and written by --help
		return nil
	}
	for _, line := range b.lines {
		if m := listCommand.FindStringSubmatch(line); m != nil {
			var words []string
			json.Unmarshal([]byte(m[1]), &words) // what is none is told as unknown
			all = append(all, slices.DeleteFunc(words, func(w string) bool { return filepath.Base(w) == "supervise" }))
		}
		for _, shape := range []*regexp.Regexp{typedCommand, unitCommand} {
			if m := shape.FindStringSubmatch(shellComment.ReplaceAllString(line, "")); m != nil {
				all = append(all, strings.Fields(m[1]))
				break
			}
		}
	}
	return all
}

// The unit is one that systemd has nothing to say about.
func TestSystemdKnowsEveryLineOfTheUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is missing: apt-get install systemd")
	}
	text, err := os.ReadFile("docs/systemd.md")
	must(t, err)
	ours, err := exec.LookPath("supervise")
	must(t, err)
	i := slices.IndexFunc(blocksOf(string(text)), func(b block) bool { return b.language == "ini" })
	unit := strings.ReplaceAll(blocksOf(string(text))[i].text(), "/usr/local/bin/supervise", ours)
	if said := verify(t, unit); said != "" {
		t.Errorf("systemd-analyze verify:\n%s", said)
	}
	if said := verify(t, strings.Replace(unit, "KillMode", "KillMood", 1)); said == "" { // the control
		t.Error("systemd lets KillMood through")
	}
}

// verify is what systemd says of a unit; it also speaks of others, which are the machine's.
func verify(t *testing.T, unit string) (said string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.service")
	write(t, file, unit)
	must(t, os.Chmod(file, 0o600))
	out, _ := exec.Command("systemd-analyze", "verify", file).CombinedOutput() // its exit code is its own secret
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "app.service") {
			said += line
		}
	}
	return said
}
