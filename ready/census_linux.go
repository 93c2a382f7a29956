package ready

import (
	"bytes"
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// census is who lives, as far as /proc shows.
type census struct {
	all      []int
	dead     map[int]bool     // zombies
	sessions map[int][]int    // the members of each
	children map[int][]int    // of each parent
	named    map[string][]int // by SUPERVISE_ID in their environments; nil: not read yet
}

func takeCensus() *census {
	c := &census{dead: map[int]bool{}, sessions: map[int][]int{}, children: map[int][]int{}}
	proc, err := os.Open("/proc")
	if err != nil {
		return c
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			c.count(pid)
		}
	}
	return c
}

// count reads proc_pid_stat(5): pid (command) state parent group session … The command
// may hold anything, also parentheses: it ends at the last one.
func (c *census) count(pid int) {
	line, _ := os.ReadFile(file(pid, "stat")) // gone meanwhile
	fields := bytes.Fields(line[bytes.LastIndexByte(line, ')')+1:])
	if len(fields) < 4 {
		return
	}
	if state := fields[0][0]; state == 'Z' || state == 'X' {
		c.dead[pid] = true
		return
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	session, _ := strconv.Atoi(string(fields[3]))
	c.all = append(c.all, pid)
	c.children[parent] = append(c.children[parent], pid)
	c.sessions[session] = append(c.sessions[session], pid)
}

// members yields the living processes of a launch: first those that cost least to find.
func (c *census) members(t Target) iter.Seq[int] {
	return func(yield func(int) bool) {
		var found []int
		add := func(pids ...int) bool {
			for _, pid := range pids {
				if !c.dead[pid] && !slices.Contains(found, pid) {
					if found = append(found, pid); !yield(pid) {
						return false
					}
				}
			}
			return true
		}
		descendants := func(from int) bool {
			for i := from; i < len(found); i++ {
				if !add(c.children[found[i]]...) {
					return false
				}
			}
			return true
		}
		if !add(t.Leader) || !add(c.sessions[t.Leader]...) || !descendants(0) || t.ID == "" {
			return
		}
		known := len(found)
		_ = add(c.withID(t.ID)...) && descendants(known)
	}
}

// withID lists who was started with this SUPERVISE_ID.
func (c *census) withID(id string) []int {
	if c.named == nil {
		c.named = map[string][]int{}
		for _, pid := range c.all {
			if name := idOf(pid); name != "" {
				c.named[name] = append(c.named[name], pid)
			}
		}
	}
	return c.named[id]
}

// idOf is SUPERVISE_ID in a process's environment; "" if it has none or we may not know.
func idOf(pid int) string {
	environ, _ := os.ReadFile(file(pid, "environ"))
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte("SUPERVISE_ID=")); ok {
			return string(value)
		}
	}
	return ""
}

// hidden tells whether err, of ports.Sockets, means that a living process has sockets
// which we may not see. Under hidepid, and without /proc, it looks as if it were gone.
func hidden(pid int, err error) bool {
	if errors.Is(err, fs.ErrNotExist) {
		_, gone := unix.Getsid(pid)
		return gone == nil
	}
	return errors.Is(err, fs.ErrPermission)
}

func file(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }
