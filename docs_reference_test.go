package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

const (
	referencePage  = "docs/reference.md"
	referenceBegin = "<!-- written by go test . -run Reference -update -->\n"
)

var commandLine = regexp.MustCompile(`(?m)^  ([a-z]+)  +[A-Z]`)

// TestTheReferenceIsWhatHelpSays keeps docs/reference.md the --help of every command.
func TestTheReferenceIsWhatHelpSays(t *testing.T) {
	page, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, ok := strings.Cut(string(page), referenceBegin)
	if !ok {
		t.Fatalf("%s has no line %q", referencePage, referenceBegin)
	}
	want := kept + referenceBegin + reference(t)
	if want == string(page) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what --help says: go test . -run Reference -update", referencePage)
	}
	if err := os.WriteFile(referencePage, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func reference(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	_, list, _ := strings.Cut(help(t), "Available Commands:")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, command := range commandLine.FindAllStringSubmatch(list, -1) {
		fmt.Fprintf(&page, "\n## supervise %s\n\n```text\n%s```\n", command[1], help(t, command[1]))
	}
	return page.String()
}

func help(t *testing.T, command ...string) string {
	t.Helper()
	cmd := exec.Command("supervise", append(command, "--help")...)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("supervise %s --help: %v", command, err)
	}
	return string(text)
}
