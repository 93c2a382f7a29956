package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// As in "supervise env | head -n 1": nobody did anything wrong.
func TestAClientWhoseReaderIsGoneEndsWithoutAWord(t *testing.T) {
	for _, command := range []string{"check", "env"} {
		r, w, err := os.Pipe()
		must(t, err)
		r.Close()
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("there is no /dev/full")
		}
		for _, c := range []struct {
			out        *os.File
			code       int
			said, from string
		}{
			{w, 141, "", "a reader that is gone"},
			{full, 1, "supervise: write /dev/stdout: no space left on device\n", "a full disk"}, // the control
		} {
			cmd := superviseIn(t, "web: child\n", command)
			var said strings.Builder
			cmd.Stdout, cmd.Stderr = c.out, &said
			cmd.Run()
			if code := shellCode(cmd.ProcessState); code != c.code || said.String() != c.said {
				t.Errorf("%s with %s ends with %d and says %q, want %d and %q", command, c.from, code, said.String(), c.code, c.said)
			}
			c.out.Close()
		}
	}
}

// shellCode is what a shell shows. Until supervise hears signals, SIGPIPE itself may end it.
func shellCode(s *os.ProcessState) int {
	if status := s.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}
