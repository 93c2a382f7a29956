package output_test

import (
	"context"
	"testing"
	"time"

	"supervise/output"
	"supervise/output/outputtest"
)

func TestAQueuePassesTheSuiteOfThoseNobodyWaitsFor(t *testing.T) {
	outputtest.TestQueued(t, func(t *testing.T, end output.Sink, limit int) (output.Sink, func() int) {
		q := output.NewQueue(end, limit)
		return q, func() int {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return q.Close(ctx)
		}
	})
}

func TestACloseThatRunsOutOfTimeCountsWhatWaits(t *testing.T) {
	stuck := make(chan struct{})
	q := output.NewQueue(sinkFunc(func(*output.Batch) error { <-stuck; return nil }), output.DefaultQueue)
	for range 10 {
		q.Write(&output.Batch{Data: []byte("line\n")})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if lost := q.Close(ctx); lost < 9 { // one may be on its way
		t.Errorf("%d lines were lost, want 9 or 10", lost)
	}
	close(stuck)
}

type sinkFunc func(*output.Batch) error

func (f sinkFunc) Write(b *output.Batch) error { return f(b) }
