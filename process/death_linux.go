package process

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// childInfo is the part of siginfo_t that waitid(2) fills.
type childInfo struct {
	_      [3]int32 // si_signo, si_errno, si_code
	fields struct {
		_   [0]uintptr // the union is aligned as a pointer is
		pid int32
		_   [112]byte
	}
}

// nextDeath reaps one dead child and calls before, while its number cannot be anybody
// else's, with its pid. It does not block; ok is false when nobody is dead.
func nextDeath(before func(pid int)) (pid int, status syscall.WaitStatus, ok bool) {
	for {
		if pid = peek(); pid == 0 {
			return 0, 0, false
		}
		before(pid)
		// A failed fork waits for its own child: then there is nothing left to reap.
		if got, _ := syscall.Wait4(pid, &status, syscall.WNOHANG, nil); got == pid {
			return pid, status, true
		}
	}
}

// peek is the pid of a dead child that remains to be reaped, or 0.
func peek() int {
	var info childInfo
	const options = unix.WEXITED | unix.WNOHANG | unix.WNOWAIT
	_, _, errno := unix.RawSyscall6(unix.SYS_WAITID, unix.P_ALL, 0, uintptr(unsafe.Pointer(&info)), options, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(info.fields.pid)
}

// resumeStopped sees to every leader that has stopped.
func (r *reaper) resumeStopped() {
	for pid := range r.leaders {
		var info childInfo
		const options = unix.WSTOPPED | unix.WNOHANG
		_, _, errno := unix.RawSyscall6(unix.SYS_WAITID, unix.P_PID, uintptr(pid), uintptr(unsafe.Pointer(&info)), options, 0, 0)
		if errno == 0 && info.fields.pid != 0 {
			r.resume(pid)
		}
	}
}
