package output

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipe makes a pipe whose child's end is blocking, as programs expect, and was never in the
// poller, as os.Pipe's would be: a thousand of those are a megabyte of ours.
func pipe() (ours, child *os.File, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, os.NewSyscallError("pipe2", err)
	}
	unix.SetNonblock(fds[0], true) // which cannot fail for a pipe, and tells NewFile to poll
	return os.NewFile(uintptr(fds[0]), "|0"), os.NewFile(uintptr(fds[1]), "|1"), nil
}

// fionread asks how many bytes can be read: FIONREAD in ioctl_tty(2) and pipe(7).
const fionread = unix.TIOCINQ

// widen makes room in a pipe for some batches, so that a write and the read at the other
// end need not wait for each other. Where that is not allowed, or there is no pipe, all
// works as well (pipe(7), pipe-user-pages-soft).
func widen(fd int) {
	const room = 256 << 10
	if size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0); err == nil && size < room {
		unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, room)
	}
}

// usualPipe is what a pipe can hold that nobody has widened (pipe(7)).
const usualPipe = 64 << 10
