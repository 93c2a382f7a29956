package process

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopts: orphans of our tree become our children.
const adopts = true

var errNoProc = errors.New("/proc is missing or is not of our pid namespace")

// Blind says why processes cannot be seen that leave the session of their launch; nil: they
// can.
func Blind() error {
	l := newLister()
	defer l.close()
	if l.proc == nil {
		return errNoProc
	}
	return nil
}

// lister reads /proc. One goroutine may use it.
type lister struct {
	slurper
	proc     *os.File // nil where /proc is of no use
	children string   // the kernel's list of the main thread's children
}

func newLister() *lister {
	l := &lister{slurper: newSlurper()}
	self := strconv.Itoa(os.Getpid())
	if link, err := os.Readlink("/proc/self"); err == nil && link == self {
		l.proc, _ = os.Open("/proc")
		l.children = "/proc/self/task/" + self + "/children"
	}
	return l
}

func (l *lister) close() {
	l.slurper.close()
	l.proc.Close()
}

// adopted reads the kernel's list where it has one (CONFIG_PROC_CHILDREN): orphans become
// the main thread's children, and those that we fork are another thread's.
func (l *lister) adopted(int) bool {
	content, err := l.slurp(unix.AT_FDCWD, l.children)
	return err != nil || len(content) > 0
}

// list appends every process in our pid namespace. If a shortage has kept it from seeing
// one, the error is transient.
func (l *lister) list(all []process) ([]process, error) {
	if l.proc == nil {
		return all, errNoProc
	}
	if _, err := l.proc.Seek(0, 0); err != nil {
		return all, err
	}
	l.short = nil
	names, err := l.proc.Readdirnames(-1)
	for _, name := range names {
		if name[0] < '1' || name[0] > '9' {
			continue
		}
		if p, ok := l.stat(name); ok {
			all = append(all, p)
		}
	}
	return all, cmp.Or(err, l.short)
}

// read looks at one process; ok is false when it is no more.
func (l *lister) read(pid int) (p process, ok bool) {
	if l.proc == nil || pid <= 0 {
		return p, false
	}
	return l.stat(strconv.Itoa(pid))
}

// id is SUPERVISE_ID in the environment that p was started with.
func (l *lister) id(pid int) (string, naming) {
	environ := l.environ(pid)
	if len(environ) == 0 {
		if l.execing(pid) {
			return "", unborn
		}
		environ = l.environ(pid) // it may have been until a moment ago
	}
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte("SUPERVISE_ID=")); ok {
			return string(value), named
		}
	}
	if bytes.IndexByte(environ, '=') < 0 {
		return "", nameless
	}
	return "", named
}

// environ is empty also when it cannot be read.
func (l *lister) environ(pid int) []byte {
	environ, _ := l.slurp(int(l.proc.Fd()), strconv.Itoa(pid)+"/environ")
	return environ
}

// execing tells whether p is between its old program and its new one: the kernel says
// where its code starts, field 26 of proc_pid_stat(5), when all else is in place. Who is
// dying has no code either, but PF_EXITING among its flags, field 9.
func (l *lister) execing(pid int) bool {
	line, _ := l.slurp(int(l.proc.Fd()), strconv.Itoa(pid)+"/stat")
	fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
	if len(fields) < 24 {
		return false
	}
	const exiting = 0x4
	flags, _ := strconv.ParseUint(string(fields[9-3]), 10, 64)
	return string(fields[26-3]) == "0" && flags&exiting == 0
}

func (l *lister) stat(name string) (p process, ok bool) {
	line, err := l.slurp(int(l.proc.Fd()), name+"/stat")
	if err != nil {
		return p, false
	}
	return parseStat(line)
}

// parseStat reads the line of proc_pid_stat(5). The command may hold anything, also
// parentheses: it ends at the last one.
func parseStat(line []byte) (p process, ok bool) {
	open, end := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')')
	if open < 1 || end < open {
		return p, false
	}
	p.command = string(line[open+1 : end])
	p.pid, _ = strconv.Atoi(string(line[:open-1]))
	number := 2
	for field := range bytes.FieldsSeq(line[end+1:]) {
		switch number++; number {
		case 3:
			p.state = field[0]
		case 4:
			p.parent, _ = strconv.Atoi(string(field))
		case 5:
			p.group, _ = strconv.Atoi(string(field))
		case 6:
			p.session, _ = strconv.Atoi(string(field))
		case 20:
			p.threads, _ = strconv.Atoi(string(field))
		case 22:
			p.start, _ = strconv.ParseUint(string(field), 10, 64)
			return p, p.pid > 0
		}
	}
	return p, false
}

func commandOf(pid int) string {
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return string(bytes.TrimSuffix(comm, []byte{'\n'}))
}

func groupExists(group int) bool { return syscall.Kill(-group, 0) != syscall.ESRCH }
