//go:build !linux

package signals

// macOS and the older BSDs have no real-time signals.
const (
	rtMin = 0
	rtMax = 0

	accepted = "a name (TERM, SIGTERM) or a number (1 to 31)"
)
