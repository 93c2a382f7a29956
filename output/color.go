package output

import (
	"hash/fnv"
	"strconv"
)

const (
	resetColor  = "\x1b[0m"
	systemColor = "\x1b[1m" // bold, in the terminal's own colour
)

// palette are colours of the 6x6x6 cube, which no theme changes, that have a contrast of
// at least 3.5 to 1 (WCAG 2.2, relative luminance) on black and on white. Their order keeps
// the usual names apart.
var palette = [...]int{27, 29, 61, 33, 31, 64, 94, 129, 132, 134, 164, 197, 167, 196, 166, 199}

// color returns the sequence that starts the colour of a name: the same in every run,
// whatever else runs.
func color(name string) string {
	if name == systemName {
		return systemColor
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return "\x1b[38;5;" + strconv.Itoa(palette[h.Sum32()%uint32(len(palette))]) + "m"
}
