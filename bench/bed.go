package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// bed is what every scenario lies on: the binary under test and a folder with an
// app of four process types, each of which stamps its first instruction.
type bed struct {
	supervise string
	dir       string // has Procfile, .env and fifo
	fifo      string // takes the stamps
	self      string // this program, which plays the app
}

// processTypes is how many types the bed's Procfile has; each runs once.
const processTypes = 4

// newBed builds supervise, unless a binary is given, and lays out the app.
func newBed(ctx context.Context, supervise string) (bed, error) {
	var err error
	if supervise == "" {
		supervise, err = build(ctx)
	} else {
		supervise, err = filepath.Abs(supervise)
	}
	if err != nil {
		return bed{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return bed{}, err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return bed{}, err
	}
	b := bed{supervise: supervise, dir: dir, fifo: filepath.Join(dir, "fifo"), self: self}
	if err := b.layOut(); err != nil {
		b.remove()
		return bed{}, fmt.Errorf("cannot lay out the app: %w", err)
	}
	return b, nil
}

func (b bed) layOut() error {
	var procfile strings.Builder
	for _, name := range [processTypes]string{"web", "worker", "clock", "mail"} {
		fmt.Fprintf(&procfile, "%s: %s %s %s\n", name, b.self, stampRole, b.fifo)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "Procfile"), []byte(procfile.String()), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, ".env"), []byte("GREETING=hello\nJOBS=4\n"), 0o600); err != nil {
		return err
	}
	return unix.Mkfifo(b.fifo, 0o600)
}

func (b bed) remove() { os.RemoveAll(b.dir) }

// build compiles supervise as it is released: static and stripped.
func build(ctx context.Context) (string, error) {
	gomod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	root, isModule := strings.CutSuffix(string(bytes.TrimSpace(gomod)), "/go.mod")
	if err != nil || !isModule {
		return "", fmt.Errorf("cannot build supervise: no go.mod found, run this in a checkout of supervise")
	}
	binary := filepath.Join(root, "bin", "supervise")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build supervise: %w\n%s", err, bytes.TrimSpace(output))
	}
	return binary, nil
}
