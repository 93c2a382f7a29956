package process

import (
	"os"
	"strconv"
	"syscall"
)

// closeOnExec marks every descriptor from 3 up that the folder lists. What we inherited
// (a lock, a CI's pipe, make's jobserver) is nobody else's.
func closeOnExec(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
