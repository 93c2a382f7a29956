package output

import (
	"errors"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// flushAt is when a sink writes in the middle of a batch: short lines with their prefixes
// can be many times as long as the batch.
const flushAt = 256 << 10

// A writer writes whole lines, with one write for as many as there are.
type writer struct {
	w    io.Writer
	torn bool // a failed write has ended inside a line
}

func newWriter(w io.Writer) writer {
	if file, ok := w.(syscall.Conn); ok {
		if raw, err := file.SyscallConn(); err == nil {
			raw.Control(func(fd uintptr) { widen(int(fd)) })
		}
	}
	return writer{w: w}
}

// write writes p, which ends where a line may begin: behind a newline, or a last row.
func (w *writer) write(p []byte) error {
	if w.torn && len(p) > 0 {
		p = append([]byte{'\n'}, p...)
	}
	for len(p) > 0 {
		n, err := w.w.Write(p)
		if n > 0 {
			w.torn = p[n-1] != '\n'
		}
		p = p[n:]
		if err != nil && !w.waited(err) {
			return err
		}
	}
	w.torn = false
	return nil
}

// waited says whether err was only that a write would have blocked, and waits until it
// would not. O_NONBLOCK belongs to the open file, which we share with our parent and with
// whatever it starts: somebody else may set it at any time (open(2)).
func (w *writer) waited(err error) bool {
	file, ok := w.w.(syscall.Conn)
	if !ok || !errors.Is(err, syscall.EAGAIN) {
		return false
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return false
	}
	raw.Control(func(fd uintptr) {
		_, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1)
	})
	return err == nil || err == unix.EINTR
}
