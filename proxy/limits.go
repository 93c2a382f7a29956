package proxy

import "syscall"

// openFiles is how many descriptors this process may have (getrlimit(2)).
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what Linux starts with
	}
	return int(min(limit.Cur, 1<<30))
}
