// Hello is an app to try supervise on: a web server, a worker, a clock, a migration
// and a release step, each a process type of its Procfile.
//
// It behaves as a twelve-factor app should: config comes from the environment, lines
// go to standard output as they happen, and SIGTERM means "finish what you hold, and
// go". How long that may take is the grace period, which is not the app's to know.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

// A role is what one process type does until it is finished or ctx ends.
type role func(ctx context.Context, say *log.Logger, args []string) error

// exitCode is the error of a role that ends with a code of its own choice.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("asked to exit %d", int(c)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop) // the second signal ends us at once
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	roles := map[string]role{"web": web, "worker": worker, "clock": clock, "migrate": migrate, "release": release}
	if len(args) == 0 || roles[args[0]] == nil {
		fmt.Fprintln(os.Stderr, "usage: hello web|worker|clock|migrate|release")
		return 2
	}
	err := roles[args[0]](ctx, log.New(os.Stdout, "", 0), args[1:])
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "hello:", err)
	if code := exitCode(0); errors.As(err, &code) {
		return int(code)
	}
	return 1
}
