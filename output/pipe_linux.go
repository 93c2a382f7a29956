package output

import "golang.org/x/sys/unix"

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
