//go:build !linux

package process

import (
	"errors"
	"syscall"
)

// RunAsInit is for PID 1 of a container, which is Linux.
func RunAsInit(Spec, <-chan syscall.Signal) (Status, error) {
	return Status{}, errors.New("cannot run as PID 1: only Linux has pid namespaces")
}
