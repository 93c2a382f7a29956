package process

import "golang.org/x/sys/unix"

const (
	getModes = unix.TIOCGETA
	setModes = unix.TIOCSETA
	disabled = 0xff // _POSIX_VDISABLE: no character
)

// dropTyped drops nothing: of our end that cannot be asked for here.
func dropTyped(uintptr) {}
