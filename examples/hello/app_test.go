package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The test binary plays the app when this is set.
const playsHello = "TEST_BINARY_PLAYS_HELLO"

// environment makes it do so, without the second that -race adds to every exit.
func environment(more ...string) []string {
	return append(os.Environ(), append(more, playsHello+"=yes", "GORACE=atexit_sleep_ms=0")...)
}

func TestMain(m *testing.M) {
	if os.Getenv(playsHello) != "" {
		main()
	}
	os.Exit(m.Run())
}

// app is the running app, whose lines are read one by one.
type app struct {
	*testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func start(t *testing.T, role string, env ...string) *app {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], strings.Fields(role)...)
	cmd.Env = environment(env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return &app{t, cmd, bufio.NewScanner(stdout)}
}

// until reads lines up to the first that begins with prefix, and returns that one.
func (a *app) until(prefix string) string {
	a.Helper()
	for a.lines.Scan() {
		if line := a.lines.Text(); strings.HasPrefix(line, prefix) {
			return line
		}
	}
	a.Fatalf("the app ended without a line that begins with %q", prefix)
	return ""
}

// end returns the lines that were not read yet and the exit code, -1 for a signal.
func (a *app) end() (rest []string, code int) {
	a.Helper()
	for a.lines.Scan() {
		rest = append(rest, a.lines.Text())
	}
	if err := a.cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		a.Fatal(err)
	}
	return rest, a.cmd.ProcessState.ExitCode()
}

// finish runs the app to its end.
func finish(t *testing.T, role, env string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0], strings.Fields(role)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(env), &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}
