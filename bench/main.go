// Bench measures supervise as its users meet it: whole processes, from the outside,
// beside whatever could stand in its place.
//
//	go run ./bench                     build ./bin/supervise, measure everything
//	go run ./bench -n 100 -run one-off -o json
//	go run ./bench -page docs/PERFORMANCE.md
//
// It needs Go and nothing else. Peers (foreman, forego, goreman, hivemind, honcho,
// overmind, tini, dumb-init) take part when they are on PATH; the report names the
// absent. Compare numbers of one run only: machines differ, and days do.
//
// One file is one scenario: a function that returns what is asked, who takes part
// and how one sample is taken. A new one is a new file and a line in scenarios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if play() { // before anything else: some wait for the first instruction
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	runs := flags.Int("n", 3, "samples of each, after one that does not count; quick ones get more")
	only := flags.String("run", "", "measure this scenario alone")
	format := flags.String("o", "text", "text or json")
	page := flags.String("page", "", "put tables and plots into this `file` too, between its marks, and into the folder beside it")
	supervise := flags.String("supervise", "", "measure this `file` instead of building ./bin/supervise")
	flags.Parse(args)
	write, err := writer(*format)
	if err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("-n is %d, expected at least 1", *runs)
	}

	bed, err := newBed(ctx, *supervise)
	if err != nil {
		return err
	}
	defer bed.remove()
	chosen, err := choose(scenarios(bed), *only)
	if err != nil {
		return err
	}
	report := newReport()
	for _, s := range chosen {
		report.Results = append(report.Results, s.run(ctx, *runs))
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := write(os.Stdout, report); err != nil {
		return fmt.Errorf("cannot print the report: %w", err)
	}
	if *page != "" {
		if err := report.writePage(*page); err != nil {
			return fmt.Errorf("cannot write the page: %w", err)
		}
	}
	return report.superviseFailed()
}
