//go:build !linux

package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ProcessLimits is RLIMIT_NPROC, which does not bind root (getrlimit(2)). How much of it is
// used is not known here.
func ProcessLimits(int) []Limit {
	var r unix.Rlimit
	if os.Getuid() == 0 || unix.Getrlimit(unix.RLIMIT_NPROC, &r) != nil {
		return nil
	}
	return []Limit{{Name: "ulimit -u", Max: bound(r.Cur)}}
}

// machineLimit is not known here.
func machineLimit(syscall.Errno) Limit { return Limit{} }
