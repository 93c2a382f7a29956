package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// adopts: orphans become launchd's children, and are ours by their group alone.
const adopts = false

// Blind is nil: that such processes cannot be followed here is no surprise.
func Blind() error { return nil }

// lister asks the kernel for its table of processes.
type lister struct{}

func newLister() *lister { return &lister{} }

func (*lister) close() {}

func (*lister) adopted(int) bool { return true }

func (*lister) list(all []process) ([]process, error) {
	table, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	for i := range table {
		all = append(all, processOf(&table[i]))
	}
	return all, err
}

func (*lister) read(pid int) (process, bool) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return process{}, false
	}
	return processOf(k), true
}

// id would need another's environment, which only root may read.
func (*lister) id(int) (string, naming) { return "", named }

// processOf takes the group for the session: the kernel tells only its address.
func processOf(k *unix.KinfoProc) process {
	const zombie = 5 // SZOMB of sys/proc.h
	p := process{
		pid:     int(k.Proc.P_pid),
		parent:  int(k.Eproc.Ppid),
		group:   int(k.Eproc.Pgid),
		session: int(k.Eproc.Pgid),
		state:   'S',
		start:   uint64(k.Proc.P_starttime.Nano()),
		command: unix.ByteSliceToString(k.Proc.P_comm[:]),
	}
	if k.Proc.P_stat == zombie {
		p.state = 'Z'
	}
	return p
}

func commandOf(pid int) string {
	p, _ := new(lister).read(pid)
	return p.command
}

func groupExists(group int) bool { return syscall.Kill(-group, 0) == nil }
