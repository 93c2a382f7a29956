package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// handle is a pidfd: it stays with its process when the number is reused. Where there
// are none (before Linux 5.3, seccomp) it is the number after all.
type handle struct{ pid, fd int }

func hold(pid int) handle {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		fd = -1
	}
	return handle{pid, fd}
}

func (h handle) signal(sig syscall.Signal) error {
	if h.fd < 0 {
		return syscall.Kill(h.pid, sig)
	}
	return unix.PidfdSendSignal(h.fd, sig, nil, 0)
}

func (h handle) release() {
	if h.fd >= 0 {
		unix.Close(h.fd)
	}
}
