//go:build !linux

package output

// fionread asks how many bytes can be read: FIONREAD in <sys/filio.h> of macOS and the BSDs.
const fionread = 0x4004667f
