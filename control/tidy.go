package control

import (
	"os"
	"path/filepath"
	"strings"
)

// tidy removes what those who were killed have left in a folder of ours: some roots, in a
// temporary folder say, will see no other supervise. Who holds a lock is alive; while we hold
// it nobody claims the socket, and who tries to finds no living process's pid in it, and tries
// again.
func tidy(folder string) {
	files, _ := filepath.Glob(filepath.Join(folder, "*.sock*"))
	for _, path := range files {
		socket := strings.TrimSuffix(path, ".lock")
		l, err := hold(socket + ".lock")
		if err != nil {
			continue
		}
		if free(Where{}, socket) == nil {
			os.Remove(socket)
		}
		l.release()
	}
}
