package ports

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Sockets gives the inodes of the sockets that a process has open, to be compared with
// a Listener's. The error is the system's: fs.ErrNotExist for a process that is gone,
// fs.ErrPermission for another user's.
func Sockets(pid int) ([]uint64, error) {
	folder := procDir(pid) + "/fd"
	dir, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var inodes []uint64
	for _, name := range names {
		target, _ := os.Readlink(folder + "/" + name) // it may have been closed meanwhile
		number, isSocket := strings.CutPrefix(target, "socket:[")
		if !isSocket {
			continue
		}
		if inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64); err == nil {
			inodes = append(inodes, inode)
		}
	}
	return inodes, nil
}

// processWith finds the process with the lowest pid that has this socket open; 0 is
// none that we can see.
func processWith(inode uint64) (int, string) {
	for _, pid := range processes() {
		if inodes, err := Sockets(pid); err == nil && slices.Contains(inodes, inode) {
			return pid, commandOf(pid)
		}
	}
	return 0, ""
}

// processes lists all pids of our pid namespace, in ascending order.
func processes() []int {
	var pids []int
	proc, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// commandOf reads a process's short name. It can be any bytes (prctl(2), PR_SET_NAME)
// and ends up on a terminal.
func commandOf(pid int) string {
	text, _ := os.ReadFile(procDir(pid) + "/comm") // gone meanwhile
	printable := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.TrimSuffix(string(text), "\n"))
	return cmp.Or(printable, "?")
}

func procDir(pid int) string { return "/proc/" + strconv.Itoa(pid) }
