package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"time"
)

// migrate pretends to bring the database at $DATABASE_URL up to date. With --fail N
// it exits N half-way, to see what supervise makes of that.
func migrate(_ context.Context, say *log.Logger, args []string) error {
	flags := flag.NewFlagSet("hello migrate", flag.ContinueOnError)
	fail := flags.Int("fail", 0, "exit with this code half-way")
	if err := flags.Parse(args); err != nil {
		return exitCode(2)
	}
	database, err := url.Parse(cmp.Or(os.Getenv("DATABASE_URL"), "postgres://localhost/hello"))
	if err != nil {
		return fmt.Errorf("cannot migrate: DATABASE_URL is not a URL") // err would show the password
	}
	say.Printf("migrating %s", database.Redacted())
	for i, step := range []string{"create table visits", "add column visits.at", "add index on visits.at"} {
		say.Printf("migrating %d/3: %s", i+1, step)
		if *fail != 0 && i == 1 {
			return fmt.Errorf("cannot add column: %w", exitCode(*fail))
		}
		time.Sleep(100 * time.Millisecond)
	}
	say.Print("the schema is up to date")
	return nil
}

// release pretends to do what every new version needs once before it starts.
func release(_ context.Context, say *log.Logger, _ []string) error {
	say.Print("release: warming the cache")
	say.Print("release: telling the error tracker about this version")
	say.Print("release: done")
	return nil
}
