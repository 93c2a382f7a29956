package process

import "golang.org/x/sys/unix"

const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
	disabled = 0 // _POSIX_VDISABLE: no character
)

// dropTyped drops what was typed on a pseudo-terminal and not read. For our end it is output.
func dropTyped(fd uintptr) { unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCOFLUSH) }
