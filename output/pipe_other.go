//go:build !linux

package output

// fionread asks how many bytes can be read: FIONREAD in <sys/filio.h> of macOS and the BSDs.
const fionread = 0x4004667f

// widen does nothing: only Linux lets a process say how large a pipe is.
func widen(int) {}
