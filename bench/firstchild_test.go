package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTheChildAloneTakesTimeAndLeaves(t *testing.T) {
	b := testBed(t)
	if ms, err := b.toTheFirstStamp(t.Context(), contender{noRunner, []string{b.self, stampRole, b.fifo}}); err != nil || ms <= 0 {
		t.Errorf("the child alone took %v ms, %v, want more than 0", ms, err)
	}
	nobodyHoldsTheFIFO(t, b)
}

// A runner that forgets its children at SIGTERM must not bequeath them to the next sample.
func TestARunnersChildrenAreGoneAfterTheSample(t *testing.T) {
	b := testBed(t)
	script := strings.Repeat(fmt.Sprintf("%s %s %s & ", b.self, stampRole, b.fifo), processTypes) + "wait"
	if ms, err := b.toTheFirstStamp(t.Context(), contender{"sh", []string{"sh", "-c", script}}); err != nil || ms <= 0 {
		t.Errorf("the first child took %v ms, %v, want more than 0", ms, err)
	}
	nobodyHoldsTheFIFO(t, b)
}

func TestARunnerThatEndsEarlyIsNamedWithItsLastWords(t *testing.T) {
	b := testBed(t)
	script := "echo 7 >" + b.fifo + "; echo port 5000 is taken >&2; exit 1"
	_, err := b.toTheFirstStamp(t.Context(), contender{"sh", []string{"sh", "-c", script}})
	want := "ended before 4 children had started (exit status 1): port 5000 is taken"
	if err == nil || err.Error() != want {
		t.Errorf("a runner that ends early: %v, want %s", err, want)
	}
}

func TestTheEarliestStampCounts(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	fmt.Fprint(write, "30 1\n10 1\n20 1\n5 1\n")
	if got, err := earliest(read, 3); got != 10 || err != nil {
		t.Errorf("earliest of the first 3 = %d, %v, want 10", got, err)
	}
}

// nobodyHoldsTheFIFO fails unless every child is gone: each holds the FIFO open for life.
func nobodyHoldsTheFIFO(t *testing.T, b bed) {
	t.Helper()
	fifo, err := os.OpenFile(b.fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	fifo.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadAll(fifo); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("a child has survived its sample")
	}
}
