//go:build !linux

package process

import (
	"os"
	"syscall"
	"time"
)

// Self is what this process uses, as far as it can be known: its CPU.
func Self() Usage {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails only for who it does not know
	return Usage{PID: os.Getpid(), CPU: time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

// usage is not known: the kernel's table of processes has no such figures.
func (*family) usage() map[Key]Usage { return nil }
