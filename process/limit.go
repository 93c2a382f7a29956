package process

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
)

// Limit is a bound that the kernel sets, to us and to others with us.
type Limit struct {
	Name string // as people know it: "ulimit -n", "pids.max in /sys/fs/cgroup/app"
	Max  int
	Used int // of Max, by whoever is bound; no more than that, for not everybody can be seen
}

// FileLimit is how many files we may have open, with those that are. The runtime has made
// the hard limit the soft one (golang/go#46279); children get the old one back.
func FileLimit() Limit {
	var r syscall.Rlimit
	l := Limit{Name: "ulimit -n"}
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) == nil {
		l.Max = bound(r.Cur)
	}
	l.Used = max(0, entries("/dev/fd")-1) // without the folder itself
	return l
}

// entries is how many a folder has; 0 if it cannot be read.
func entries(folder string) int {
	f, err := os.Open(folder)
	if err != nil {
		return 0
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	return len(names)
}

// bound makes an int of a limit that may be infinite.
func bound(n uint64) int { return int(min(n, math.MaxInt32)) }

// WithLimit adds to an error which says that something is short (EMFILE, ENFILE, EAGAIN,
// ENOMEM, of pseudo-terminals ENOSPC) the limit that was reached and its value, as far as
// that can be known. The addition is the same as long as the limit is.
func WithLimit(err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err
	}
	var l Limit
	switch errno {
	case syscall.EMFILE:
		l = FileLimit()
	case syscall.EAGAIN:
		l = tightest(ProcessLimits(math.MaxInt32 / 2))
	default:
		l = machineLimit(errno)
	}
	if l.Name == "" {
		return err
	}
	return fmt.Errorf("%w: the limit is %d (%s)", err, l.Max, l.Name)
}

// tightest is the limit that leaves the least room, the zero Limit of none.
func tightest(all []Limit) (least Limit) {
	for i, l := range all {
		if i == 0 || l.Max-l.Used < least.Max-least.Used {
			least = l
		}
	}
	return least
}
