package main

import (
	"testing"
)

func TestOneOffsSayWhatTheyDidAndExit(t *testing.T) {
	const masked = "migrating postgres://me:xxxxx@db/hello\nmigrating 1/3: create table visits\nmigrating 2/3: add column visits.at\n"
	for _, c := range []struct {
		role           string
		code           int
		stdout, stderr string
	}{
		{"migrate", 0, masked + "migrating 3/3: add index on visits.at\nthe schema is up to date\n", ""},
		{"migrate --fail 3", 3, masked, "hello: cannot add column: asked to exit 3\n"},
		{"release", 0, "release: warming the cache\nrelease: telling the error tracker about this version\nrelease: done\n", ""},
		{"relase", 2, "", "usage: hello web|worker|clock|migrate|release\n"},
		{"", 2, "", "usage: hello web|worker|clock|migrate|release\n"},
	} {
		code, stdout, stderr := finish(t, c.role, "DATABASE_URL=postgres://me:s3cret@db/hello")
		if code != c.code || stdout != c.stdout || stderr != c.stderr {
			t.Errorf("hello %s = %d, %q, %q, want %d, %q, %q", c.role, code, stdout, stderr, c.code, c.stdout, c.stderr)
		}
	}
}

func TestMigrateNeverShowsAURLThatItCannotRead(t *testing.T) {
	code, stdout, stderr := finish(t, "migrate", "DATABASE_URL=postgres://me:s3cret%@db")
	if want := "hello: cannot migrate: DATABASE_URL is not a URL\n"; code != 1 || stdout != "" || stderr != want {
		t.Errorf("exit code %d, %q, %q, want 1, \"\", %q", code, stdout, stderr, want)
	}
}
