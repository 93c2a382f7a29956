package process

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit of times in proc_pid_stat(5): USER_HZ, which is 100 wherever Go runs.
const tick = time.Second / 100

// usage takes a census of its own.
func (f *family) usage() map[Key]Usage {
	if f.list(); f.blind != nil {
		return nil
	}
	all := map[Key]Usage{}
	for i := range f.all {
		k, p := f.look(i), &f.all[i]
		if k.of == nil {
			continue
		}
		if n, ok := f.procs.figures(p.pid); ok && n.start == p.start {
			u := all[k.of.key]
			u.PID = k.of.pid
			u.CPU += n.cpu + n.children
			if p.alive() {
				u.Processes++
				u.Resident += n.resident
				u.Files += f.procs.files(p.pid)
			}
			if p.alive() && p.pid == k.of.pid {
				u.Age = n.age()
			}
			all[k.of.key] = u
		}
	}
	return all
}

// figures of one process.
type figures struct {
	start         uint64        // ticks after the machine's
	cpu, children time.Duration // its own, and that of children it has waited for
	resident      int64         // bytes
}

// age uses the clock that the kernel starts processes by (since Linux 2.6.31).
func (n figures) age() time.Duration {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) // fails only for clocks that there are not
	return time.Duration(now.Nano()) - time.Duration(n.start)*tick
}

// figures reads fields 14 to 24 of proc_pid_stat(5).
func (l *lister) figures(pid int) (n figures, ok bool) {
	if l.proc == nil {
		return n, false
	}
	line, err := l.slurp(int(l.proc.Fd()), strconv.Itoa(pid)+"/stat")
	if err != nil {
		return n, false
	}
	fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
	if len(fields) < 24-2 {
		return n, false
	}
	field := func(number int) int64 {
		value, _ := strconv.ParseInt(string(fields[number-3]), 10, 64)
		return value
	}
	return figures{
		start:    uint64(field(22)),
		cpu:      time.Duration(field(14)+field(15)) * tick,
		children: time.Duration(field(16)+field(17)) * tick,
		resident: field(24) * int64(os.Getpagesize()),
	}, true
}

// files counts open descriptors: since Linux 6.2 that is the size of their folder, before
// it is 0. Those of a process that we may not look into count as none.
func (l *lister) files(pid int) int {
	folder := strconv.Itoa(pid) + "/fd"
	var s unix.Stat_t
	if err := unix.Fstatat(int(l.proc.Fd()), folder, &s, 0); err != nil || s.Size > 0 {
		return int(s.Size)
	}
	names, _ := os.ReadDir("/proc/" + folder)
	return len(names)
}
