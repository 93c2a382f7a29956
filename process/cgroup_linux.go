package process

import (
	"os"
	"path/filepath"
	"strings"
)

// ourCgroups lists the folders of the cgroups of a controller that bind us: our own and
// those around it, as far as they are mounted here (cgroups(7)). It knows both versions.
func ourCgroups(controller string) []string {
	groups, _ := os.ReadFile("/proc/self/cgroup")
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	return cgroupsIn(string(groups), string(mounts), controller)
}

// cgroupsIn finds them. A controller of version 1 has a hierarchy of its own; version 2 has
// one for all that are not there.
func cgroupsIn(groups, mounts, controller string) []string {
	path, version1 := cgroupPath(groups, controller)
	root, mount := cgroupMount(mounts, controller, version1)
	if mount == "" {
		return nil
	}
	below, ok := strings.CutPrefix(path, strings.TrimSuffix(root, "/"))
	if !ok || below != "" && below[0] != '/' || strings.HasPrefix(below, "/..") {
		below = "" // we are somewhere else than what is mounted here
	}
	var dirs []string
	for dir := filepath.Join(mount, below); ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if len(dir) <= len(mount) {
			return dirs
		}
	}
}

// cgroupPath reads lines like 8:pids:/app and 0::/app.
func cgroupPath(groups, controller string) (path string, version1 bool) {
	for line := range strings.Lines(groups) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		switch {
		case len(fields) < 3:
		case listed(fields[1], controller):
			return fields[2], true
		case fields[0] == "0":
			path = fields[2]
		}
	}
	return path, false
}

// cgroupMount reads lines like
//
//	39 31 0:36 /app /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
//
// (proc_pid_mountinfo(5)) for which part of the hierarchy is mounted where.
func cgroupMount(mounts, controller string, version1 bool) (root, mount string) {
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		fields, kind := strings.Fields(before), strings.Fields(after)
		if len(fields) < 5 || len(kind) < 3 {
			continue
		}
		if version1 && kind[0] == "cgroup" && listed(kind[2], controller) || !version1 && kind[0] == "cgroup2" {
			return fields[3], fields[4]
		}
	}
	return "", ""
}

func listed(list, word string) bool { return strings.Contains(","+list+",", ","+word+",") }
