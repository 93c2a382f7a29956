package signals

import "syscall"

// Steering lists what `supervise start` hears besides what Listen does: SIGUSR1 and
// SIGUSR2 for the app, SIGWINCH for its terminals, SIGTSTP (Ctrl-Z) and SIGCONT for
// the whole formation.
func Steering() []syscall.Signal {
	return []syscall.Signal{syscall.SIGTSTP, syscall.SIGCONT, syscall.SIGWINCH, syscall.SIGUSR1, syscall.SIGUSR2}
}

// Forwardable lists what a one-off as PID 1 passes on to its child: every signal that
// can be meant for it, real-time ones too, in ascending order. SIGRTMIN itself is
// missing on Linux, since the Go runtime cannot hear it (golang/go#39343).
//
// They are some fifty, and each costs two thread switches: add them after the launch.
// Until then PID 1 has no default action for them, and there is nobody to pass them to.
func Forwardable() []syscall.Signal {
	var sigs []syscall.Signal
	for sig := syscall.Signal(1); sig <= max(lastStandard, rtMax); sig++ {
		if exists(sig) && sig != rtMin && !ours(Name(sig)) {
			sigs = append(sigs, sig)
		}
	}
	return sigs
}

// ours tells whether a signal that reaches us is about us and nobody else. It goes by
// names, since not every system has all of them.
func ours(name string) bool {
	switch name {
	case "SIGKILL", "SIGSTOP": // cannot be heard
		return true
	case "SIGCHLD", "SIGPIPE", "SIGTTIN", "SIGTTOU": // the kernel's answer to something we did
		return true
	case "SIGURG", "SIGPROF": // the Go runtime sends them to itself (golang/go#37942)
		return true
	case "SIGILL", "SIGTRAP", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS", "SIGSTKFLT", "SIGEMT": // a fault of our own code
		return true
	}
	return false
}
