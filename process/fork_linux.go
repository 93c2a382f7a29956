package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// prepare makes orphans of our tree come to us (prctl(2), PR_SET_CHILD_SUBREAPER; PID 1
// gets them anyway) and keeps what we inherited from our children.
func prepare() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl(PR_SET_CHILD_SUBREAPER)", err)
	}
	if unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) != nil {
		closeOnExec("/proc/self/fd") // before Linux 5.11, or behind an old seccomp filter
	}
	return nil
}

// ownSession also binds the child's life to the thread that forks it.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// allowAllSignals empties this thread's signal mask, which children inherit: we may have
// been started by somebody who blocks SIGTERM.
func allowAllSignals() {
	unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{}, nil)
}

func onMainThread() bool { return unix.Gettid() == unix.Getpid() }

func pipe() (r, w int, err error) {
	var p [2]int
	err = syscall.Pipe2(p[:], syscall.O_CLOEXEC)
	return p[0], p[1], err
}
