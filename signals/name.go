package signals

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// lastStandard is the highest signal that has a name of its own, on Linux and macOS.
const lastStandard = 31

// Parse reads a signal as people write it, in any case: a name with or without SIG
// (TERM, SIGTERM), a number (15) or, on Linux, a real-time signal counted from either
// end as kill(1) does (RTMIN+3, RTMAX-1). Signal 0, which is none, and Linux's 32 and
// 33, which are the C library's own (signal(7)), are refused. The error says what is
// accepted and, where the text looks like a slip, what may have been meant.
func Parse(text string) (syscall.Signal, error) {
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	if sig := unix.SignalNum("SIG" + name); sig != 0 {
		return sig, nil
	}
	if sig := realTime(name); sig != 0 {
		return sig, nil
	}
	if n, err := strconv.ParseUint(text, 10, 8); err == nil && exists(syscall.Signal(n)) {
		return syscall.Signal(n), nil
	}
	if meant := resembled(name); meant != "" {
		return 0, fmt.Errorf("unknown signal %q (did you mean %s?): want %s", text, meant, accepted)
	}
	return 0, fmt.Errorf("unknown signal %q: want %s", text, accepted)
}

// Name gives a signal as we print it: SIGTERM, SIGRTMIN+3. What has no name anywhere
// is SIG and its number: SIG33.
func Name(sig syscall.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	switch {
	case rtMin == 0 || sig < rtMin || sig > rtMax:
		return "SIG" + strconv.Itoa(int(sig))
	case sig == rtMin:
		return "SIGRTMIN"
	}
	return "SIGRTMIN+" + strconv.Itoa(int(sig-rtMin))
}

// Names are the signals that have a name of their own, as we print them, in the order of
// their numbers.
func Names() (names []string) {
	for sig := syscall.Signal(1); sig <= lastStandard; sig++ {
		if name := unix.SignalName(sig); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// exists tells whether sig is a signal that one process may send to another.
func exists(sig syscall.Signal) bool {
	return unix.SignalName(sig) != "" || rtMin != 0 && rtMin <= sig && sig <= rtMax
}

// realTime reads RTMIN, RTMIN+n, RTMAX or RTMAX-n; 0 is anything else.
func realTime(name string) syscall.Signal {
	from, direction := syscall.Signal(rtMin), syscall.Signal(1)
	rest, found := strings.CutPrefix(name, "RTMIN")
	sign := "+"
	if !found {
		from, direction, sign = rtMax, -1, "-"
		rest, found = strings.CutPrefix(name, "RTMAX")
	}
	if !found || rtMin == 0 {
		return 0
	}
	if rest == "" {
		return from
	}
	digits, signed := strings.CutPrefix(rest, sign)
	n, err := strconv.ParseUint(digits, 10, 8)
	if !signed || err != nil || n > uint64(rtMax-rtMin) {
		return 0
	}
	return from + direction*syscall.Signal(n)
}

// resembled finds the signal that a misspelt name looks like: one slip away (TREM),
// or a longer word for it (TERMINATE). It is without SIG; "" is none.
func resembled(name string) string {
	for sig := syscall.Signal(1); sig <= lastStandard; sig++ {
		known := strings.TrimPrefix(unix.SignalName(sig), "SIG")
		if len(known) > 2 && (oneSlip(name, known) || strings.HasPrefix(name, known)) {
			return known
		}
	}
	return ""
}

// oneSlip tells whether a and b differ by one letter more, less or other, or by two
// neighbours that changed places.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return swapped || len(a) <= 1 && len(b) <= 1
}
