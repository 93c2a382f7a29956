//go:build !linux

package output

import "os"

// pipe makes a pipe whose child's end is blocking, as programs expect.
func pipe() (ours, child *os.File, err error) {
	if ours, child, err = os.Pipe(); err == nil {
		child.Fd() // makes it blocking
	}
	return ours, child, err
}

// fionread asks how many bytes can be read: FIONREAD in <sys/filio.h> of macOS and the BSDs.
const fionread = 0x4004667f

// widen does nothing: only Linux lets a process say how large a pipe is.
func widen(int) {}

// usualPipe is what a pipe can hold at most.
const usualPipe = 64 << 10
