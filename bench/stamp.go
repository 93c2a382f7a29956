package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// stampRole as the first argument makes this program the app of the bed's Procfile.
const stampRole = "stamp"

// stamp writes the moment of its first instruction to fifo as a line, in nanoseconds
// of CLOCK_MONOTONIC, with its pid, and waits for a signal. The kernel's exec and the
// start of the Go runtime come before (together under 1 ms: firstChild's last row
// measures them).
func stamp(fifo string) {
	now := monotonic()
	file, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: cannot stamp:", err)
		os.Exit(1)
	}
	fmt.Fprintln(file, now, os.Getpid())
	time.Sleep(2 * patience) // nobody's orphan for ever
	file.Close()
}

// monotonic returns nanoseconds of the clock that all processes share.
func monotonic() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		panic(err) // clock_gettime(2): only for a clock that does not exist
	}
	return now.Nano()
}
