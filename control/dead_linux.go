package control

import (
	"errors"

	"golang.org/x/sys/unix"
)

// dying is how long, in milliseconds, we wait for the end of one that may have been killed a
// moment ago: the kernel takes its time on a busy machine.
const dying = 50

// dead tells whether a process has ended, be it reaped or not.
func dead(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return errors.Is(err, unix.ESRCH)
	}
	defer unix.Close(fd)
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, dying) // pidfd_open(2)
	return n > 0
}
