package signals

// The real-time signals as the C libraries count them: the kernel's begin at 32, but
// glibc keeps two for itself (signal(7)), and kill(1) everywhere says so too.
const (
	rtMin = 34
	rtMax = 64

	accepted = "a name (TERM, SIGTERM), a number (1 to 31, 34 to 64) or RTMIN+0 to RTMIN+30"
)
