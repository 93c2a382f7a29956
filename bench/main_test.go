package main

import (
	"os"
	"testing"
)

// The test binary plays the app of the bed's Procfile, as the program itself does.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == stampRole {
		stamp(os.Args[2])
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
		{[]string{"-supervise", "true", "-run", "speed"}, `-run is "speed", expected one of: size, cold-start, first-child, one-off`},
	} {
		if err := run(t.Context(), c.args); err == nil || err.Error() != c.want {
			t.Errorf("run(%q) = %v, want %s", c.args, err, c.want)
		}
	}
}
