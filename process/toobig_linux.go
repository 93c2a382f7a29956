package process

import (
	"fmt"
	"strings"
	"syscall"
)

// The kernel's limits on arguments and environment (execve(2)): of each string with its
// NUL, and of all of them together with a pointer to each, which is a quarter of the
// stack's limit but neither less nor more than these.
const (
	maxString  = 128 << 10
	leastTotal = 128 << 10
	mostTotal  = 6 << 20
)

// tooBig names what exceeds the limits, but no value of the environment; "" is that nothing
// does.
func tooBig(path string, s Spec) string {
	for i, arg := range s.Argv {
		if len(arg) >= maxString {
			return fmt.Sprintf("its argument %d has %d bytes, the kernel's limit is %d", i, len(arg), maxString-1)
		}
	}
	for _, entry := range s.Env {
		if len(entry) >= maxString {
			name, _, _ := strings.Cut(entry, "=")
			return fmt.Sprintf("the variable %s has %d bytes, the kernel's limit is %d with its name", name, len(entry), maxString-1)
		}
	}
	size, limit := imageSize(path, s), totalLimit()
	if size <= limit {
		return ""
	}
	return fmt.Sprintf("its arguments and environment take %d bytes, the kernel's limit is %d (a quarter of ulimit -s, at most 6 MiB)", size, limit)
}

// imageSize is what the kernel copies for a new program: the strings, and the pointers.
func imageSize(path string, s Spec) int {
	const pointer = 8
	size := len(path) + 1
	for _, strings := range [][]string{s.Argv, s.Env} {
		for _, text := range strings {
			size += len(text) + 1 + pointer
		}
	}
	return size
}

func totalLimit() int {
	var stack syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_STACK, &stack) != nil {
		return mostTotal
	}
	return max(leastTotal, min(mostTotal, bound(stack.Cur)/4))
}
