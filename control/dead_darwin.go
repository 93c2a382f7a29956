package control

import "golang.org/x/sys/unix"

// dead tells whether there is no such process.
func dead(pid int) bool {
	_, err := unix.Getsid(pid)
	return err == unix.ESRCH
}
