package process

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// stopSelf returns when somebody has continued us. The signal is this thread's own: one for
// the process could find another thread, and this one would go on for a while.
func stopSelf() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGSTOP)
}
