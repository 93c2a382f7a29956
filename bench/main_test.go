package main

import (
	"os"
	"testing"
)

// The test binary plays the app of the bed's Procfile, as the program itself does.
func TestMain(m *testing.M) {
	if play() {
		return
	}
	os.Exit(m.Run())
}

func TestArgumentsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-o", "yaml"}, `-o is "yaml", expected text or json`},
		{[]string{"-n", "0"}, "-n is 0, expected at least 1"},
		{[]string{"-supervise", "true", "-run", "speed"}, `-run is "speed", expected one of: size, cold-start, first-child, one-off, throughput-pipe-1x16, throughput-pipe-1x100, throughput-pipe-1x1024, throughput-pipe-2x16, throughput-pipe-2x100, throughput-pipe-2x1024, throughput-pipe-8x16, throughput-pipe-8x100, throughput-pipe-8x1024, throughput-null-1x16, throughput-null-1x100, throughput-null-1x1024, throughput-null-2x16, throughput-null-2x100, throughput-null-2x1024, throughput-null-8x16, throughput-null-8x100, throughput-null-8x1024, throughput-file-1x16, throughput-file-1x100, throughput-file-1x1024, throughput-file-2x16, throughput-file-2x100, throughput-file-2x1024, throughput-file-8x16, throughput-file-8x100, throughput-file-8x1024, flood-cpu-1x16, flood-cpu-1x100, flood-cpu-1x1024, flood-cpu-2x16, flood-cpu-2x100, flood-cpu-2x1024, flood-cpu-8x16, flood-cpu-8x100, flood-cpu-8x1024, slow-reader, latency, latency-p99, crash-gap, restart-gap, thousand-start, thousand-memory, thousand-stop, drain, front, front-p99, front-cpu`},
	} {
		if err := run(t.Context(), c.args); err == nil || err.Error() != c.want {
			t.Errorf("run(%q) = %v, want %s", c.args, err, c.want)
		}
	}
}
