package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const floodLines = 30_000

// reading is a logs -f of numbered lines.
type reading struct {
	first, last, seen, lost int
	err                     error
}

var (
	numbered = regexp.MustCompile(`^web\.1 +\| (\d+)$`)
	notShown = regexp.MustCompile(`^supervise: warning: (\d+) lines came faster than they were read and are not shown$`)
)

// readTo follows the log until its line number last, with what it warns of in between.
func (s *trial) readTo(last int) (r reading) {
	logs := exec.Command("supervise", "logs", "-f", "--no-timestamp", "web")
	logs.Dir, logs.Env = s.Dir, s.Env
	out, err := logs.StdoutPipe()
	if err != nil {
		return reading{err: err}
	}
	logs.Stderr = logs.Stdout
	if err := logs.Start(); err != nil {
		return reading{err: err}
	}
	for lines := bufio.NewScanner(out); r.last < last && lines.Scan(); {
		r.take(lines.Text())
	}
	logs.Process.Signal(syscall.SIGINT)
	logs.Wait() // how it ended is no matter
	return r
}

func (r *reading) take(line string) {
	if m := notShown.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		r.lost += n
	}
	if m := numbered.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n <= r.last && r.err == nil {
			r.err = fmt.Errorf("%d came after %d", n, r.last)
		}
		if r.first == 0 {
			r.first = n
		}
		r.last, r.seen = n, r.seen+1
	}
}

// Clients come before a flood and in the midst of it. Each gets every line once and in
// order, from the first that it has seen on, or is told how many it does not get.
func TestUnderAFloodEveryLineIsShownOnceOrCounted(t *testing.T) {
	s := startIn(t, fmt.Sprintf("web: sh -c 'until [ -e go ]; do sleep 0.05; done; child count %d; exec child hold'\n", floodLines), "start", "--quiet", "web")
	s.mustDo("wait", "--timeout", "20s")
	all := make(chan reading)
	for range 2 {
		go func() { all <- s.readTo(floodLines) }()
	}
	must(t, os.WriteFile(filepath.Join(s.Dir, "go"), nil, 0o600))
	for range 2 {
		go func() { all <- s.readTo(floodLines) }()
	}
	for range 4 {
		r := <-all
		if missing := r.last - r.first + 1 - r.seen; r.err != nil || r.last != floodLines || missing != r.lost {
			t.Errorf("it has read %d lines from %d to %d, and was told of %d that it did not get: %v", r.seen, r.first, r.last, r.lost, r.err)
		}
	}
	out, err := s.client("logs", "-n", "1000", "--no-timestamp", "web")
	must(t, err)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if want := fmt.Sprintf("web.1  | %d", floodLines); len(lines) != 1000 || lines[999] != want {
		t.Errorf("logs -n 1000 shows %d lines, the last one %q, want %q", len(lines), lines[len(lines)-1], want)
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}

func TestLogsOfSystemAreAllThatSuperviseSays(t *testing.T) {
	s := startIn(t, "web: child say up hold\njob: child exit 3\n", "start", "--restart", "job=never", "--no-timestamp")
	s.waitForLines("job.1 exited", 1)
	s.waitForLines("| up", 1)
	out, err := s.client("logs", "system", "--no-timestamp")
	must(t, err)
	for _, want := range []string{"web.1 started with pid ", "job.1 started with pid ", "job.1 exited 3 after "} {
		if !strings.Contains(out, "system | "+want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "| up") {
		t.Errorf("an app's line is among them:\n%s", out)
	}
	for _, c := range []struct{ name, want string }{
		{"sytem", "supervise: sytem: no such instance nor process type\n  hint: did you mean system?\n"},
		{"wbe", "supervise: wbe: no such instance nor process type\n  hint: did you mean web?\n"},
	} {
		if out, err := s.client("logs", c.name); err == nil || out != c.want {
			t.Errorf("logs %s: %v %q, want %q", c.name, err, out, c.want)
		}
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}
