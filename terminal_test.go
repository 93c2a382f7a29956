package main

import (
	"strings"
	"testing"
)

func TestRunHasTheTerminal(t *testing.T) {
	s := startOnTerminal(t, "", "run", "child", "terminals")
	if got := s.end(); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	const want = "/dev/stdin true\n/dev/stdout true\n/dev/stderr true\n"
	if got := s.text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCtrlCReachesWhatRuns(t *testing.T) {
	s := startOnTerminal(t, "", "run", "child", "on", "INT", "interrupted", "4", "say", "up", "hold")
	s.waitFor("up\n")
	s.write("\x03")
	if got := s.end(); got != "4" {
		t.Errorf("ended with %s, want 4", got)
	}
	if got := s.text(); !strings.HasSuffix(got, "interrupted\n") {
		t.Errorf("got %q, want \"interrupted\" at its end", got)
	}
}

// The keyboard's SIGINT goes to everybody in the foreground group, but instances are not
// in it: they are asked to stop as SIGTERM asks, once.
func TestCtrlCStopsTheFormation(t *testing.T) {
	s := startOnTerminal(t, "web: child on INT wrong 1 on TERM bye 0 say up hold\n", "start")
	s.waitFor("up\n")
	s.write("\x03")
	if got := s.end(); got != "130" {
		t.Errorf("ended with %s, want 130", got)
	}
	if got := s.text(); !strings.Contains(got, " bye\n") || strings.Contains(got, "wrong") {
		t.Errorf("got %q, want \"bye\" and not \"wrong\"", got)
	}
}

// On a terminal prefixes are coloured, and no instance can do more than colour.
func TestInstancesCannotTouchTheTerminal(t *testing.T) {
	s := startOnTerminal(t, "job: printf '\\033[2J\\033[31mred\\033[0m\\a\\n'\n", "start", "--no-timestamp")
	if got := s.end(); got != "0" {
		t.Errorf("ended with %s, want 0", got)
	}
	if got, want := s.text(), "|\x1b[0m \x1b[31mred\x1b[0m"; !strings.Contains(got, want) || strings.Contains(got, "\x1b[2J") {
		t.Errorf("got %q, want it to contain %q and no ESC [2J", got, want)
	}
}
