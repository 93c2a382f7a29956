package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// ourProgram is what runs here, even if its file has been replaced or removed.
func ourProgram() (string, error) { return "/proc/self/exe", nil }

// unnamedFile makes a file that is nowhere and goes with who have it open.
func unnamedFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("ledger", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "ledger"), nil
}

// nameOurselves sets what ps(1) and pstree(1) call us, which would be "exe" else.
func nameOurselves() {
	fd, err := unix.Open("/proc/self/comm", unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	unix.Write(fd, []byte("guardian"))
	unix.Close(fd)
}
