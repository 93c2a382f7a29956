package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// patience is the longest that one sample may take.
const patience = 20 * time.Second

// basePort is where runners that hand out ports start: unlikely to be taken.
const basePort = "PORT=17000"

// command prepares a contender's command in the bed's folder. Its output goes to a
// file: a pipe would have to be read, by the very process that measures.
func (b bed) command(ctx context.Context, args []string) (*exec.Cmd, *os.File, error) {
	said, err := os.CreateTemp(b.dir, "said")
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.dir, said, said
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "SUPERVISE_") })
	cmd.Env = append(cmd.Env, basePort)
	return cmd, said, nil
}

// toTheEnd returns the milliseconds from a contender's fork to its successful exit.
func (b bed) toTheEnd(ctx context.Context, c contender) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd, said, err := b.command(ctx, c.command)
	if err != nil {
		return 0, err
	}
	defer discard(said)
	began := time.Now()
	err = cmd.Run()
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("%w%s", err, lastWords(said))
	}
	return milliseconds(took), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// lastWords returns the last line that was said, as the tail of an error's text.
func lastWords(said *os.File) string {
	text, _ := os.ReadFile(said.Name())
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return ""
	}
	return ": " + string(text[bytes.LastIndexByte(text, '\n')+1:])
}

func discard(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}
