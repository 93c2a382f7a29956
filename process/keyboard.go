package process

import (
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Keyboard is where somebody types on a terminal that [OpenTerminal] has opened. Such a
// terminal is nobody's controlling one, so of a typed Ctrl-C the kernel does all but the signal:
// Signal is called for that. Which characters mean one, and whether any does, the terminal says
// (VINTR, VQUIT, VSUSP and ISIG, termios(3)).
//
// The kernel looks at what is typed a little later, on a thread of its own. To a Ctrl-C it would
// then drop not only what was typed before but also what the program has answered to our signal
// meanwhile (n_tty.c, isig). So it has NOFLSH, and we drop what was typed.
type Keyboard struct {
	Terminal *os.File // our end
	Signal   func(syscall.Signal)

	typing  sync.Mutex // held by Write
	quoted  bool       // by VLNEXT: the next character means itself
	stopped bool       // the output, by VSTOP

	mu     sync.Mutex
	closed bool
}

// Write types p. While the terminal takes no more, because nobody reads, it waits, until Close
// at the latest.
func (k *Keyboard) Write(p []byte) (n int, err error) {
	k.typing.Lock()
	defer k.typing.Unlock()
	if !k.begin() {
		return 0, os.ErrClosed
	}
	for n < len(p) {
		modes, err := modesOf(k.Terminal)
		if err != nil {
			return n, err
		}
		end, sig := k.next(modes, p[n:])
		if sig != 0 {
			n += end - 1
			end = 1
			k.dropTyped()
		}
		typed, err := k.Terminal.Write(p[n : n+end])
		if n += typed; err != nil {
			return n, err
		}
		if sig != 0 {
			k.Signal(sig)
		}
	}
	return n, nil
}

// begin takes back the deadline by which a keyboard before this one was closed.
func (k *Keyboard) begin() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closed {
		k.Terminal.SetWriteDeadline(time.Time{})
	}
	return !k.closed
}

// Close ends a Write that waits. Output that a typed Ctrl-S has stopped goes on: nobody is
// there any more to type the Ctrl-Q.
func (k *Keyboard) Close() {
	k.mu.Lock()
	k.closed = true
	k.Terminal.SetWriteDeadline(time.Unix(1, 0))
	k.mu.Unlock()
	k.typing.Lock()
	defer k.typing.Unlock()
	modes, err := modesOf(k.Terminal)
	if err == nil && k.stopped && modes.Iflag&unix.IXON != 0 {
		k.Terminal.SetWriteDeadline(time.Now().Add(time.Second))
		k.Terminal.Write([]byte{modes.Cc[unix.VSTART]})
	}
}

// next returns how much of p can be typed until a character that stands for a signal, which is
// typed too, and which.
func (k *Keyboard) next(modes *unix.Termios, p []byte) (n int, sig syscall.Signal) {
	for i, c := range p {
		if k.quoted {
			k.quoted = false
			continue
		}
		if sig := k.press(modes, c); sig != 0 {
			return i + 1, sig
		}
	}
	return len(p), 0
}

// press sees a character as the kernel does (n_tty.c, n_tty_receive_char_special).
func (k *Keyboard) press(modes *unix.Termios, c byte) syscall.Signal {
	is := func(which int) bool { return c == modes.Cc[which] && c != disabled }
	flow, signals := modes.Iflag&unix.IXON != 0, modes.Lflag&unix.ISIG != 0
	switch {
	case flow && is(unix.VSTOP):
		k.stopped = true
	case flow && is(unix.VSTART):
		k.stopped = false
	case signals && is(unix.VINTR):
		return syscall.SIGINT
	case signals && is(unix.VQUIT):
		return syscall.SIGQUIT
	case signals && is(unix.VSUSP):
		return syscall.SIGTSTP
	case modes.Lflag&unix.ICANON != 0 && modes.Lflag&unix.IEXTEN != 0 && is(unix.VLNEXT):
		k.quoted = true
	}
	return 0
}

func (k *Keyboard) dropTyped() {
	if raw, err := k.Terminal.SyscallConn(); err == nil {
		raw.Control(dropTyped)
	}
}

// modesOf asks our end of a pseudo-terminal for the modes of the other.
func modesOf(ours *os.File) (modes *unix.Termios, err error) {
	raw, err := ours.SyscallConn()
	if err != nil {
		return nil, err
	}
	failed := raw.Control(func(fd uintptr) { modes, err = unix.IoctlGetTermios(int(fd), getModes) })
	if failed != nil {
		return nil, failed
	}
	return modes, os.NewSyscallError("tcgetattr", err)
}
