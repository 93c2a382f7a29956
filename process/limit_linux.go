package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ProcessLimits are the bounds on processes, in which threads count as such: pids.max of
// our cgroup and of those around it (cgroups(7)), RLIMIT_NPROC, which does not bind root
// (getrlimit(2)), and the machine's. What cannot be read is not there. Those of the user and
// of the machine that certainly have room for so many more are left out: counting takes time.
func ProcessLimits(more int) []Limit {
	var all []Limit
	for _, dir := range ourCgroups("pids") {
		if most, ok := readNumber(filepath.Join(dir, "pids.max")); ok {
			used, _ := readNumber(filepath.Join(dir, "pids.current"))
			all = append(all, Limit{Name: "pids.max in " + dir, Max: most, Used: used})
		}
	}
	everybody := threads()
	var r unix.Rlimit
	if os.Getuid() != 0 && unix.Getrlimit(unix.RLIMIT_NPROC, &r) == nil && everybody+more > bound(r.Cur) {
		all = append(all, Limit{Name: "ulimit -u", Max: bound(r.Cur), Used: threadsOf(os.Getuid())})
	}
	for _, name := range []string{"threads-max", "pid_max"} {
		if most, ok := readNumber("/proc/sys/kernel/" + name); ok && everybody+more > most {
			all = append(all, Limit{Name: "kernel." + name, Max: most, Used: everybody})
		}
	}
	return all
}

// machineLimit is what is short when the kernel says so.
func machineLimit(errno syscall.Errno) Limit {
	switch errno {
	case syscall.ENFILE:
		if most, ok := readNumber("/proc/sys/fs/file-max"); ok {
			return Limit{Name: "fs.file-max", Max: most}
		}
	case syscall.ENOSPC: // of pseudo-terminals, where a launch is concerned
		mounts, _ := os.ReadFile("/proc/self/mountinfo")
		return tightest(pseudoTerminals(string(mounts)))
	case syscall.ENOMEM:
		return tightest(memory())
	}
	return Limit{}
}

// pseudoTerminals is how many there can be: of all the machine, and of our own /dev/pts, as a
// container has one.
func pseudoTerminals(mountinfo string) (all []Limit) {
	if most, ok := readNumber("/proc/sys/kernel/pty/max"); ok {
		all = append(all, Limit{Name: "kernel.pty.max", Max: most})
	}
	for line := range strings.Lines(mountinfo) {
		mount, super, _ := strings.Cut(line, " - devpts ")
		for option := range strings.FieldsFuncSeq(super, func(r rune) bool { return strings.ContainsRune(" ,\n", r) }) {
			text, ok := strings.CutPrefix(option, "max=")
			if most, err := strconv.Atoi(text); ok && err == nil && strings.Contains(mount, " /dev/pts ") {
				all = append(all, Limit{Name: "max of the file system /dev/pts", Max: most})
			}
		}
	}
	return all
}

// memory is what there is of it: the machine's, and what our cgroups may have.
func memory() (all []Limit) {
	var machine unix.Sysinfo_t
	if unix.Sysinfo(&machine) == nil {
		all = append(all, Limit{Name: "the machine's memory in bytes", Max: int(machine.Totalram) * int(machine.Unit)})
	}
	for _, dir := range ourCgroups("memory") {
		for _, name := range []string{"memory.max", "memory.limit_in_bytes"} {
			if most, ok := readNumber(filepath.Join(dir, name)); ok {
				all = append(all, Limit{Name: name + " in " + dir, Max: most})
			}
		}
	}
	return all
}

// threads counts all that the kernel schedules, as the fourth field of /proc/loadavg has it
// (proc_loadavg(5)).
func threads() (n int) {
	text, _ := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); len(fields) > 3 {
		_, all, _ := strings.Cut(fields[3], "/")
		n, _ = strconv.Atoi(all)
	}
	return n
}

// threadsOf counts the threads of a user's processes that can be seen: a folder has two
// links more than folders in it.
func threadsOf(uid int) (n int) {
	names, _ := filepath.Glob("/proc/[0-9]*/task")
	for _, name := range names {
		var stat unix.Stat_t
		if unix.Stat(name, &stat) == nil && int(stat.Uid) == uid {
			n += int(stat.Nlink) - 2
		}
	}
	return n
}

// readNumber reads a file of one number; "max" is none.
func readNumber(name string) (n int, ok bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}
