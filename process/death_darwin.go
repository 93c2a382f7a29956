package process

import "syscall"

// nextDeath reaps one dead child and calls before with its pid: after the fact, for a
// peek cannot be trusted on macOS. ok is false when nobody is dead.
func nextDeath(before func(pid int)) (pid int, status syscall.WaitStatus, ok bool) {
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err != nil || pid <= 0 {
		return 0, 0, false
	}
	before(pid)
	return pid, status, true
}

func peek() int { return 0 }

func (r *reaper) resumeStopped() {}
