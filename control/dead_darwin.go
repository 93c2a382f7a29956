package control

import "syscall"

// dead tells whether there is no such process.
func dead(pid int) bool { return syscall.Kill(pid, 0) == syscall.ESRCH }
