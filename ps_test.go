package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// startBehindFront runs two instances of the example app behind a front door, which it
// returns the address of when both are ready.
func startBehindFront(t *testing.T, args ...string) (s *observed, door string) {
	t.Helper()
	door = freeAddress(t)
	args = append([]string{"--front", door, "--formation", "web=2", "--no-port=false", "--port", "auto"}, args...)
	s = startObserved(t, "web: "+buildApp(t)+" web\n", args...)
	s.waitFor(`supervise_ready`, equals(1))
	return s, door
}

func (s *observed) ask(door, path string, times int) {
	s.t.Helper()
	for range times {
		answer, err := http.Get("http://" + door + path)
		must(s.t, err)
		answer.Body.Close()
	}
}

// told runs a client command for the supervise of s, which must end with 0.
func (s *trial) told(args ...string) string {
	s.t.Helper()
	out, err := s.client(args...)
	if err != nil {
		s.t.Fatalf("supervise %q: %v\n%s", args, err, out)
	}
	return out
}

func TestRequestsAreCountedByInstanceAndCode(t *testing.T) {
	s, door := startBehindFront(t)
	s.ask(door, "/", 4)
	s.ask(door, "/nosuch", 2)
	sum := 0.0
	for _, name := range []string{"web.1", "web.2"} {
		for _, code := range []string{"200", "404"} {
			n, _ := s.figure(fmt.Sprintf(`supervise_front_requests_total{code=%q,name=%q,type="web"}`, code, name))
			sum += n
		}
	}
	if sum != 6 {
		t.Errorf("%v requests are counted, want 6", sum)
	}
	for series, want := range map[string]float64{
		`supervise_front_requests_in_flight{name="web.1",type="web"}`:           0,
		`supervise_front_queue_duration_seconds_count{name="web.1",type="web"}`: 0,
		`supervise_front_requests_waiting`:                                      0,
	} {
		s.waitFor(series, equals(want))
	}
	table := s.told("ps")
	if want := regexp.MustCompile(`(?m)^FRONT DOOR .*\n` + regexp.QuoteMeta(door) + ` .* 200:4 404:2 *$`); !want.MatchString(table) {
		t.Errorf("want a front door with 200:4 404:2 in\n%s", table)
	}
	if json := s.told("ps", "-o", "json", "web"); strings.Count(json, `"queue_seconds": 0,`) != 2 {
		t.Errorf("want two instances with requests in\n%s", json)
	}
	s.stop()
}

// What an instance has answered is counted on when it is launched again.
func TestARollTakesNoRequestsOutOfTheCount(t *testing.T) {
	s, door := startBehindFront(t, "--surge", "0")
	s.ask(door, "/", 10)
	s.told("restart")
	s.ask(door, "/", 10)
	if table := s.told("ps"); !strings.Contains(table, " 200:20\n") {
		t.Errorf("want 200:20 in\n%s", table)
	}
	sum := 0.0
	for _, name := range []string{"web.1", "web.2"} {
		n, _ := s.figure(fmt.Sprintf(`supervise_front_requests_total{code="200",name=%q,type="web"}`, name))
		sum += n
	}
	if sum != 20 {
		t.Errorf("%v requests are counted, want 20", sum)
	}
	s.stop()
}

func TestPsHasColoursOnATerminal(t *testing.T) {
	s := startIn(t, "web: child say up hold\n", "start")
	s.waitForLines("| up", 1)
	s.told("wait", "--timeout", "20s")
	for _, c := range []struct{ variable, want string }{{"X=", "\x1b[32mup\x1b[0m"}, {"NO_COLOR=1", " up "}} {
		ps := exec.Command("supervise", "ps")
		ps.Dir, ps.Env = s.Dir, append(s.Env, c.variable)
		terminal := onTerminal(t, ps, nil)
		terminal.end()
		if got := terminal.text(); !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in %q", c.variable, c.want, got)
		}
	}
	if got := s.told("ps"); strings.Contains(got, "\x1b") {
		t.Errorf("there are colours in a file: %q", got)
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}

func TestPsOfOneShowsItsLastChanges(t *testing.T) {
	s := startIn(t, "web: child say up hold\njob: child hold\n", "start")
	s.told("wait", "--timeout", "20s")
	for range 5 {
		s.told("restart", "web")
	}
	text := s.told("ps", "web.1")
	instances, changes, _ := strings.Cut(text, "\n\n")
	if n := strings.Count(instances, "\n"); n != 1 || strings.Contains(text, "job") {
		t.Errorf("want web.1 alone in\n%s", text)
	}
	if n := strings.Count(changes, "\n"); n != 21 || !strings.HasSuffix(changes, "up        launched  asked\n") {
		t.Errorf("%d lines, want a head and 20 changes, the last one that it is up:\n%s", n, changes)
	}
	if text := s.told("ps", "web"); !strings.Contains(text, "web.1") || strings.Contains(text, "job") {
		t.Errorf("ps web shows\n%s", text)
	}
	out, err := exec.Command("supervise", "ps", "-d", s.Dir, "wbe").CombinedOutput()
	if want := "supervise: wbe: no such instance nor process type\n  hint: did you mean web?\n"; err == nil || string(out) != want {
		t.Errorf("ps wbe: %v, %s, want %s", err, out, want)
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}
