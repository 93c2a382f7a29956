package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"time"
)

// worker does one job after the other, each in $JOB_TIME. When ctx ends it finishes
// the job it is at: a job begun is a job done.
func worker(ctx context.Context, say *log.Logger, _ []string) error {
	jobTime, err := time.ParseDuration(cmp.Or(os.Getenv("JOB_TIME"), "1s"))
	if err != nil || jobTime <= 0 {
		return fmt.Errorf("cannot work: JOB_TIME is %q, expected something like 1s", os.Getenv("JOB_TIME"))
	}
	for job := 1; ; job++ {
		for done := 20; done <= 100; done += 20 {
			time.Sleep(jobTime / 5)
			say.Printf("job %d: %d%%", job, done)
		}
		if ctx.Err() != nil {
			say.Printf("job %d finished, bye", job)
			return nil
		}
	}
}
