package main

import (
	"context"
	"os"
	"os/exec"
)

// size asks how much the program adds to an image. foreman, honcho and the like
// are missing: theirs is the size of a language.
func size(b bed) scenario {
	return scenario{
		name: "size",
		asks: "the binary on disk",
		unit: "MB",
		goal: 15,
		contenders: []contender{
			{"supervise, stripped", []string{b.supervise}},
			{"tini", []string{"tini"}},
			{"dumb-init", []string{"dumb-init"}},
			{"forego", []string{"forego"}},
			{"goreman", []string{"goreman"}},
			{"hivemind", []string{"hivemind"}},
			{"overmind", []string{"overmind"}},
		},
		sample: megabytes,
	}
}

// megabytes returns the size of a contender's file; a megabyte is 1,000,000 bytes.
func megabytes(_ context.Context, c contender) (float64, error) {
	path, err := exec.LookPath(c.command[0])
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
