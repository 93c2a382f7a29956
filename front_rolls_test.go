package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	frontRolls = flag.Int("front.rolls", 12, "rolls, scales and reloads of the front door's test; at most 4 with -short")
	frontRate  = flag.Int("front.rate", 80, "requests a second meanwhile")
)

// everything is every kind of request; plain are those that do not outlast the head of their
// answer, so that a kill cuts none short.
var (
	everything = append([]kind{eventStreams, sockets}, plain...)
	plain      = []kind{
		asks("GET", "/fast", 0, false), asks("POST", "/fast", 10, false), asks("GET", "/slow", 0, false),
		asks("POST", "/slow", 100, false), asks("POST", "/fast", 100_000, false), asks("POST", "/fast", 3000, true),
		asks("GET", "/fast", 20, false), asks("POST", "/fast", 0, false),
	}
)

// behindDoor is a supervise with a front door under load.
type behindDoor struct {
	*trial
	*load
	over, idle chan struct{}
}

// openDoor starts so many instances of the server behind a front door.
func openDoor(t *testing.T, instances int, args ...string) *trial {
	t.Helper()
	args = append([]string{"start", fmt.Sprintf("web=%d", instances), "--no-port=false", "--port", "auto", "--timeout", "300ms"}, args...)
	s := prepare(t, "web: server\n", args...)
	must(t, os.WriteFile(filepath.Join(s.Dir, ".env"), []byte("RELEASE=1\n"), 0o600))
	s.start()
	ready := func() bool {
		_, err := s.client("wait", "--timeout", "30s")
		return err == nil
	}
	if !within(patience, ready) {
		t.Fatalf("it does not get ready:\n%s", s.said())
	}
	return s
}

// client runs a command against it.
func (s *trial) client(args ...string) (output string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "supervise", args...)
	cmd.Dir, cmd.Env = s.Dir, s.Env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// mustDo is client for what must succeed.
func (s *trial) mustDo(args ...string) {
	s.t.Helper()
	if out, err := s.client(args...); err != nil {
		s.t.Errorf("supervise %s: %v\n%s\n%s", strings.Join(args, " "), err, out, s.said())
	}
}

// underLoad opens a front door and sends it requests of these kinds.
func underLoad(t *testing.T, kinds []kind, instances int, args ...string) *behindDoor {
	t.Helper()
	address := freeAddress(t)
	d := &behindDoor{
		trial: openDoor(t, instances, append([]string{"--front", address}, args...)...),
		load:  newLoad(t, address, kinds...),
		over:  make(chan struct{}), idle: make(chan struct{}),
	}
	go func() {
		defer close(d.idle)
		d.load.run(*frontRate, d.over)
	}()
	return d
}

// finish ends the load, then supervise, and returns how often each id stands in the
// journal.
func (d *behindDoor) finish() map[string]int {
	d.t.Helper()
	close(d.over)
	<-d.idle
	d.send(syscall.SIGTERM)
	d.trial.end("0")
	d.t.Logf("%d requests:\n%s", len(d.results), d.summary())
	text, err := os.ReadFile(filepath.Join(d.Dir, "journal"))
	must(d.t, err)
	seen := map[string]int{}
	for id := range strings.Lines(string(text)) {
		seen[strings.TrimSpace(id)]++
	}
	return seen
}

// changes are what may happen to web without a client noticing.
var changes = []func(d *behindDoor, n int){
	func(d *behindDoor, n int) { d.mustDo("restart", "web") },
	func(d *behindDoor, n int) { d.mustDo("scale", "web=4") },
	func(d *behindDoor, n int) { d.mustDo("restart", "web.2") },
	func(d *behindDoor, n int) { d.mustDo("scale", "web=-2") },
	func(d *behindDoor, n int) {
		must(d.t, os.WriteFile(filepath.Join(d.Dir, ".env"), fmt.Appendf(nil, "RELEASE=%d\n", n+2), 0o600))
		d.mustDo("reload")
	},
	func(d *behindDoor, n int) { d.mustDo("scale", "web=3") },
	restartBroken,
}

// restartBroken rolls to a release that does not boot: the old one goes on.
func restartBroken(d *behindDoor, _ int) {
	broken := filepath.Join(d.Dir, "broken")
	must(d.t, os.WriteFile(broken, nil, 0o600))
	defer os.Remove(broken)
	out, err := d.client("restart", "web")
	if exit := new(exec.ExitError); !errors.As(err, &exit) || !strings.Contains(out, "does not get ready") {
		d.t.Errorf("a roll to what does not boot: %v\n%s", err, out)
	}
}

func rolls() int {
	if testing.Short() {
		return min(*frontRolls, 4)
	}
	return *frontRolls
}

func TestRollsScalesAndReloadsLoseNoRequest(t *testing.T) {
	d := underLoad(t, everything, 3)
	for n := range rolls() {
		changes[n%len(changes)](d, n)
	}
	seen := d.finish()
	for _, r := range d.failed() {
		t.Error(r)
	}
	for _, r := range d.results {
		if strings.HasPrefix(r.kind, "POST") && seen[r.id] != 1 {
			t.Errorf("%s was seen %d times, want once", r.id, seen[r.id])
		}
	}
	if t.Failed() {
		t.Logf("%s", d.said())
	}
}

func TestKilledInstancesLoseOnlyThePostsInFlight(t *testing.T) {
	d := underLoad(t, plain, 3, "--stable-after", "10ms")
	var kills []time.Time
	for n := range rolls() {
		kills = append(kills, time.Now())
		d.mustDo("signal", "KILL", fmt.Sprintf("web.%d", n%3+1))
		<-time.After(400 * time.Millisecond)
	}
	seen := d.finish()
	for _, r := range d.failed() {
		if !strings.HasPrefix(r.kind, "POST") || !strings.Contains(r.err.Error(), "answered 502") || !r.metOneOf(kills) {
			t.Error(r)
		}
	}
	for _, r := range d.results {
		if n := seen[r.id]; strings.HasPrefix(r.kind, "POST") && (n > 1 || n == 0 && r.err == nil) {
			t.Errorf("%s was seen %d times, and its client got %v", r.id, n, r.err)
		}
	}
	if t.Failed() {
		t.Logf("%s", d.said())
	}
}

// metOneOf says that the request was in flight at one of these kills, each of which took
// less than a second to happen.
func (r result) metOneOf(kills []time.Time) bool {
	for _, kill := range kills {
		if r.ended.After(kill) && r.began.Before(kill.Add(time.Second)) {
			return true
		}
	}
	return false
}

// The control of the first: who does not wait for requests loses them.
func TestRollsThatDoNotDrainLoseRequests(t *testing.T) {
	d := underLoad(t, plain, 3, "--drain-timeout", "1ms")
	within(patience, func() bool {
		d.mustDo("restart", "web")
		return d.lost() > 0
	})
	d.finish()
	if len(d.failed()) == 0 {
		t.Errorf("nothing is lost though nothing drains: the load shows nothing")
	}
}

func (l *load) lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.failed())
}
