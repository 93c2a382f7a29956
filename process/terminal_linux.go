package process

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal is ours to hand over, or not there at all.
type terminal struct {
	fd       int  // one of our standard streams; -1: none
	orphaned bool // no session has it: the child's shall
}

// findTerminal looks at our standard streams. TIOCGPGRP answers only for the controlling
// terminal (ioctl_tty(2)); one of which we are not the foreground is not ours to give.
func findTerminal() terminal {
	for fd := range 3 {
		if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil {
			if group != syscall.Getpgrp() {
				break
			}
			return terminal{fd: fd}
		}
		if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil && !controlled() {
			return terminal{fd: fd, orphaned: true}
		}
	}
	return terminal{fd: -1}
}

// controlled tells whether our session has a terminal.
func controlled() bool {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// attr gives the child the terminal: as the foreground group of our session, or as the
// first of a session of its own.
func (t terminal) attr() *syscall.SysProcAttr {
	attr := ownSession()
	switch {
	case t.fd < 0:
	case t.orphaned:
		attr.Setctty, attr.Ctty = true, t.fd
	default:
		attr.Setsid, attr.Foreground, attr.Ctty = false, true, t.fd
	}
	return attr
}

// give makes group the foreground. From the background, where we are while the child has
// the terminal, that takes a thread on which SIGTTOU is blocked: ignoring it would be
// inherited, and a handler would have the call repeated for ever.
func (t terminal) give(group int) {
	if t.fd < 0 || t.orphaned {
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var block, before unix.Sigset_t
	block.Val[0] = 1 << (unix.SIGTTOU - 1)
	unix.PthreadSigmask(unix.SIG_BLOCK, &block, &before)
	unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, group)
	unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
}
