package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// zoo are shell scripts, one for each way in which processes can be hard to end. Who hides
// its environment shows $MARK as an argument of sleep, which adds up what it is given.
var zoo = map[string]string{
	"drains":   `trap 'sleep 0.1; exit 0' TERM; while :; do sleep 1 & wait $!; done`,
	"ignores":  `trap '' HUP INT QUIT TERM; while :; do sleep 1; done`,
	"forks":    `sleep 1000 & (trap '' TERM; while :; do sleep 1; done) & sh -c 'sleep 1000; :' & wait`,
	"regroups": `set -m; sleep 1000 & (trap '' TERM; sleep 1000) & wait`,
	"daemon":   `setsid sh -c '(trap "" HUP TERM; sleep 1000 & sleep 1000) & exit' & exec sleep 1000`,
	"leaves":   `(trap '' TERM; exec sleep 1000) & sleep 0.05; exit 0`,
	"departs":  `setsid sh -c 'sleep 1000 & exit' & sleep 0.05; exit 0`,
	"hides":    `env -i setsid sleep 1000 "$MARK" & exec env -i sleep 1000 "$MARK"`,
	"hydra":    `trap 'sleep 1000 & sleep 1000 & setsid sleep 1000 &' TERM; while :; do sleep 1 & wait $!; done`,
	"floods":   `head -c 300000 /dev/zero | tr '\0' '\n'; yes | head -n 100000; exec sleep 1000`,
	"closes":   `exec <&- >&- 2>&-; exec sleep 1000`,
	"crashes":  `sleep 0.0$(($$ % 10)); kill -s SEGV $$`,
	"fails":    `sleep 0.0$(($$ % 10)); exit 3`,
	"stops":    `kill -s STOP $$; exec sleep 1000`,
	"stopping": `sh -c 'kill -s STOP $$; exec sleep 1000' & setsid sh -c 'kill -s STOP $$; exec sleep 1000' & wait`,
}

// hides is the one of the zoo that loses SUPERVISE_ID as it leaves its session: nobody
// finds it when supervise itself is killed.
const hides = "hides"

// populate writes the zoo into dir and draws a formation. Every
// script is one type executed directly, and another behind a shell and a pipe.
func populate(t *testing.T, dir string, random *rand.Rand, without ...string) (formation []string) {
	t.Helper()
	var procfile strings.Builder
	var types []string
	for _, name := range slices.Sorted(maps.Keys(zoo)) {
		write(t, filepath.Join(dir, name), "#!/bin/sh\n"+zoo[name]+"\n")
		fmt.Fprintf(&procfile, "%s: ./%[1]s\n%[1]s-piped: ./%[1]s | cat\n", name)
		if !slices.Contains(without, name) {
			types = append(types, name, name+"-piped")
		}
	}
	write(t, filepath.Join(dir, "Procfile"), procfile.String())
	counts := map[string]int{}
	for range chaosInstances {
		counts[types[random.IntN(len(types))]]++
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		formation = append(formation, fmt.Sprintf("%s=%d", name, counts[name]))
	}
	return formation
}
