package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// processorTime is what a process alone, without its children, has used, in seconds: its
// CPU clock, whose number clock_getcpuclockid(3) makes of the pid. Linux only.
func processorTime(pid int) (float64, error) {
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &used); err != nil {
		return 0, fmt.Errorf("cannot read the processor time of pid %d: %w", pid, err)
	}
	return float64(used.Nano()) / 1e9, nil
}

// memory reads a figure in kB of a file in a process's /proc, in MiB.
func memory(pid int, file, field string) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), field+":"); ok {
			var kB float64
			_, err := fmt.Sscan(value, &kB)
			return kB / 1024, err
		}
	}
	return 0, fmt.Errorf("%s has no %s", f.Name(), field)
}
