package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// trial is a supervise that has been prepared or started, with its output in a file.
type trial struct {
	*exec.Cmd
	t     *testing.T
	ended chan struct{} // closed when ProcessState is known
}

// prepare is superviseIn with the output in a file; start is to follow.
func prepare(t *testing.T, procfile string, args ...string) *trial {
	t.Helper()
	return &trial{superviseIn(t, procfile, args...), t, make(chan struct{})}
}

func startIn(t *testing.T, procfile string, args ...string) *trial {
	t.Helper()
	s := prepare(t, procfile, args...)
	s.start()
	return s
}

func (s *trial) start() {
	s.t.Helper()
	file, err := os.Create(s.output())
	must(s.t, err)
	defer file.Close()
	s.Stdout, s.Stderr = file, file
	must(s.t, s.Start())
	go func() {
		s.Wait() // how it ended is in its ProcessState
		close(s.ended)
	}()
	s.t.Cleanup(func() {
		s.send(syscall.SIGKILL) // it has ended unless the test has failed
		<-s.ended
	})
}

func (s *trial) output() string { return filepath.Join(s.Dir, "output") }

// tag is in the environment of all that it starts.
func (s *trial) tag() string { return "WORK=" + s.Dir }

// said is what it and all its instances have written.
func (s *trial) said() []byte {
	text, _ := os.ReadFile(s.output())
	return text
}

// lines counts those in which text is.
func (s *trial) lines(text string) int { return bytes.Count(s.said(), []byte(text)) }

func (s *trial) waitForLines(text string, n int) {
	s.t.Helper()
	if !within(patience, func() bool { return s.lines(text) >= n }) {
		s.t.Fatalf("there are %d lines with %q, want %d:\n%s", s.lines(text), text, n, s.said())
	}
}

func (s *trial) send(sigs ...syscall.Signal) {
	for _, sig := range sigs {
		s.Process.Signal(sig) // it may have ended
	}
}

// end waits for the end, which must be one of these: an exit code or a signal.
func (s *trial) end(want ...string) string {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("it has not ended; there are %s:\n%s", commandLines(tagged(s.tag())), s.said())
	}
	got := ending(s.ProcessState)
	if !slices.Contains(want, got) {
		s.t.Errorf("it ended with %s, want %s:\n%s", got, strings.Join(want, " or "), s.said())
	}
	return got
}

// build makes the program that users get: static, without the race detector.
func build(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "supervise")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// write makes a program of text.
func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o700))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
