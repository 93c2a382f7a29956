package cli

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"supervise/ports"
)

// listenOn is net.Listen for the address of a flag. The error says what cannot be done
// without it, and who listens there if somebody does.
func listenOn(addr, flag, what string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err == nil {
		return listener, nil
	}
	hint := fmt.Sprintf("--%s wants an address of this machine, like :8080 or 127.0.0.1:8080", flag)
	var failed *net.OpError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		_, text, _ := net.SplitHostPort(addr)
		port, _ := strconv.Atoi(text)
		pid, command, _ := ports.Owner(port)
		err = &ports.TakenError{Port: port, PID: pid, Command: command}
		hint = fmt.Sprintf("stop it, or choose another address with --%s", flag)
	}
	return nil, &problem{exitFailure, fmt.Errorf("cannot %s at %s: %w", what, addr, err), hint}
}
