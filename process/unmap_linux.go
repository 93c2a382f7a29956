package process

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Unmap lets go of the pages of our own program. Most of them were needed for the start
// alone, and stay mapped for ever. What is used again comes back from the page cache, at a
// microsecond for sixteen pages.
//
// Only mappings of which no page differs from the file are touched: a program that was
// relocated has others.
func Unmap() {
	for _, m := range unchangedMappings(ownMappings()) {
		unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED)
	}
}

// ownMappings reads smaps without a word to Go's poller, which a guardian has none of.
func ownMappings() (smaps []byte) {
	fd, err := unix.Open("/proc/self/smaps", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	for part := make([]byte, 16<<10); ; {
		n, err := unix.Read(fd, part)
		if n <= 0 || err != nil {
			return smaps
		}
		smaps = append(smaps, part[:n]...)
	}
}

// mapping is a range of addresses.
type mapping struct{ from, to uintptr }

// unchangedMappings finds in smaps (proc_pid_smaps(5)) what is mapped from a file and can
// not be written to, nor has been.
func unchangedMappings(smaps []byte) (found []mapping) {
	var m mapping
	var file bool
	for line := range bytes.Lines(smaps) {
		fields := strings.Fields(string(line))
		switch {
		case len(fields) >= 5 && strings.Contains(fields[0], "-"): // 00400000-00ba1000 r-xp 00000000 fd:00 1837 /bin/supervise
			_, err := fmt.Sscanf(fields[0], "%x-%x", &m.from, &m.to)
			file = err == nil && len(fields) == 6 && fields[4] != "0" && fields[1][1] == '-'
		case file && fields[0] == "Anonymous:" && fields[1] == "0":
			found = append(found, m)
		}
	}
	return found
}
