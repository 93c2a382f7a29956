package process

import (
	"fmt"
	"os"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// OpenTerminal opens a pseudo-terminal for one launch. Child is for its stdin, stdout and
// stderr; ours, which is nonblocking and in the runtime's poller, reads what it writes and
// types what it reads, and ends with EIO when nobody has the other end any more (pty(7)). Both
// are close-on-exec and the caller's. It has no size yet, see [Resize].
//
// Its modes are those of any new terminal (termios(3)) but for two. NOFLSH is on, see [Keyboard].
// OPOST is off: lines end as they are written, and the kernel does not stop at each (n_tty.c,
// process_output_block). For whoever shows them on a screen [MapsNewlines] stands in. ECHO stays
// on, though nobody types on most of them: readline shows what is typed at a prompt only if it
// was on when the prompt came (rltty.c, prepare_terminal_settings), and somebody may come to type
// there later.
//
// It is no session's controlling terminal, on purpose. When the leader of a session that has
// one dies, the kernel sends SIGHUP to its foreground group (disassociate_ctty, tty_jobctrl.c):
// whoever is still finishing its work, under a shell that SIGTERM has ended at once, would
// be torn from it, and a run would end otherwise on a terminal than off it. For the same
// reason nobody is told of a new size or of a typed Ctrl-C: that is for the caller to do.
func OpenTerminal() (ours, child *os.File, err error) {
	ours, child, err = pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open a pseudo-terminal: %w", err)
	}
	if err = giveModes(int(child.Fd())); err == nil { // Fd makes it blocking, as programs expect it
		ours, err = polled(ours)
	}
	if err != nil {
		ours.Close()
		child.Close()
		return nil, nil, fmt.Errorf("cannot set up a pseudo-terminal: %w", err)
	}
	return ours, child, nil
}

// Resize gives a terminal that [OpenTerminal] has opened a size, in characters, and tells
// nobody: who runs on it wants a SIGWINCH. It may be called from any goroutine, also while ours
// is read.
func Resize(ours *os.File, columns, rows int) error {
	raw, err := ours.SyscallConn()
	if err != nil {
		return err
	}
	size := unix.Winsize{Col: clamp(columns), Row: clamp(rows)}
	failed := raw.Control(func(fd uintptr) { err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &size) })
	if failed != nil {
		return failed
	}
	return os.NewSyscallError("ioctl(TIOCSWINSZ)", err)
}

// MapsNewlines says whether a newline on a terminal that [OpenTerminal] has opened means a carriage
// return too, as those who write on it have it just now: ONLCR, which those who mean a bare newline
// clear (vim, all of curses). It may be called from any goroutine, also when nobody has the other
// end any more. Of a closed terminal it is false.
//
// Who only turns OPOST off and means a bare newline (cfmakeraw(3)) cannot be told from who has found
// it off; most of those write CR LF.
func MapsNewlines(ours *os.File) bool {
	modes, err := modesOf(ours)
	return err == nil && modes.Oflag&unix.ONLCR != 0
}

// InForeground says whether we may use a terminal as ours: nobody else of our session, like a
// shell that has put us into the background, has it now (tcgetpgrp(3)). Of a terminal that is
// not our session's that is not known, and not to be expected.
func InForeground(terminal *os.File) bool {
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err != nil || group == syscall.Getpgrp()
}

func clamp(n int) uint16 { return uint16(min(max(n, 1), 1<<16-1)) }

func giveModes(fd int) error {
	modes, err := unix.IoctlGetTermios(fd, getModes)
	if err != nil {
		return os.NewSyscallError("tcgetattr", err)
	}
	modes.Lflag |= unix.NOFLSH
	modes.Oflag &^= unix.OPOST
	return os.NewSyscallError("tcsetattr", unix.IoctlSetTermios(fd, setModes, modes))
}

// polled gives a file back to the runtime's poller, from which creack/pty takes it.
func polled(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		return f, os.NewSyscallError("fcntl", err)
	}
	defer f.Close()
	return os.NewFile(uintptr(fd), f.Name()), nil
}
