package process

import "syscall"

// handle is only a number: macOS has nothing that stays with a process.
type handle int

func hold(pid int) handle { return handle(pid) }

func (h handle) signal(sig syscall.Signal) error { return syscall.Kill(int(h), sig) }

func (h handle) release() {}
