package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"supervise/output"
	"supervise/process"
	"supervise/supervisor"
)

// The descriptors that we have open. A launch has both ends of its two output pipes until
// it is forked, and those of all launches are opened before the first fork; afterwards it
// has two reading ends and the writing end of its stdin. A terminal has two ends, then one.
const (
	filesOfPipes    = 4
	filesOfTerminal = 2
	filesOfNotify   = 1   // a NOTIFY_SOCKET
	filesInReserve  = 20  // besides what is open before: guardian, forks, looks at /proc, clients
	filesOfOurs     = 32  // at least, with those
	filesOfFront    = 256 // for requests at the front door: one from a client, one to an instance
)

// demand is what a formation needs of something that the kernel bounds.
type demand struct {
	what  string // "open files"
	each  int    // for each instance
	taken int    // by all else
	there int    // instances that have theirs, within taken
	limit process.Limit
}

// admits says whether there can be n instances.
func (d demand) admits(n int) error {
	need, room := d.taken+(n-d.there)*d.each, d.limit.Max-d.taken
	if d.limit.Max == 0 || need <= d.limit.Max {
		return nil
	}
	they := "they need"
	if n == 1 {
		they = "it needs"
	}
	return &problem{
		code: exitFailure,
		err: fmt.Errorf("cannot run %s: %s %s %s, and the limit is %s (%s); %s fit",
			plural(n, "instance"), they, grouped(need), d.what, grouped(d.limit.Max), d.limit.Name, grouped(d.there+max(0, room)/d.each)),
		hint: fmt.Sprintf("%s for each and %s for all else; %s", grouped(d.each), grouped(d.taken), remedy(d.limit.Name)),
	}
}

// remedy says where people set a limit.
func remedy(limit string) string {
	name, _, _ := strings.Cut(limit, " in ")
	switch name {
	case "ulimit -n":
		return "raise the limit with ulimit -n, in systemd LimitNOFILE=, in docker --ulimit nofile="
	case "ulimit -u":
		return "raise the limit with ulimit -u, in systemd LimitNPROC=, in docker --ulimit nproc="
	case "pids.max":
		return "raise the limit in systemd with TasksMax=, in docker with --pids-limit"
	default:
		return "raise the limit with sysctl -w " + limit + "="
	}
}

// room says whether the kernel's limits have room for n instances, of which so many run
// already: fewer are never refused. Threads are those that we have yet to start ourselves.
func (c *command) room(a *app, n, running, threads int) error {
	if n <= running {
		return nil
	}
	errs := []error{c.files(a).admits(n)}
	for _, l := range process.ProcessLimits(n - running + threads) {
		d := demand{what: "processes and threads", each: 1, taken: l.Used + threads, there: running, limit: l}
		errs = append(errs, d.admits(n))
	}
	return errors.Join(errs...)
}

// files is the demand for them. What is ours is counted once, before the first instance.
func (c *command) files(a *app) demand {
	files := demand{what: "open files", each: filesOfPipes, limit: process.FileLimit()}
	if c.openFiles == 0 {
		c.openFiles = max(files.limit.Used+filesInReserve, filesOfOurs)
	}
	files.taken = c.openFiles
	if c.terminals(a.settings, output.TextOptions{}) != nil {
		files.each = filesOfTerminal
	}
	for _, name := range a.file.Types() {
		if a.settings.readyOf(name).kind == supervisor.ReadyNotify {
			files.each += filesOfNotify
			break
		}
	}
	if a.settings.front != "" {
		files.taken += filesOfFront
	}
	return files
}

// roomFor says whether there is room for what a scale adds.
func (r *run) roomFor(s supervisor.Scale) error {
	running, ofType := r.count(s.Type)
	if s.Relative {
		ofType = 0
	}
	return r.room(r.app(), running+s.N-ofType, running, 0)
}

// count counts all that there are, and those of a type.
func (r *run) count(processType string) (all, ofType int) {
	now, w := r.sup.Watch(1)
	w.Close()
	for id := range now.Instances {
		if id.Type == processType {
			ofType++
		}
	}
	return len(now.Instances), ofType
}

// grouped writes a number as people read it: 5,031.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
