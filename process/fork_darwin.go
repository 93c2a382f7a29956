package process

import "syscall"

// prepare cannot make orphans come to us: there is no subreaper on macOS.
func prepare() error {
	closeOnExec("/dev/fd")
	return nil
}

// ownSession cannot bind the child's life to ours: there is no PDEATHSIG on macOS.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func allowAllSignals() {}

func onMainThread() bool { return false }

func pipe() (r, w int, err error) {
	syscall.ForkLock.RLock() // there is no pipe2: no fork may come between
	defer syscall.ForkLock.RUnlock()
	var p [2]int
	if err = syscall.Pipe(p[:]); err == nil {
		syscall.CloseOnExec(p[0])
		syscall.CloseOnExec(p[1])
	}
	return p[0], p[1], err
}
