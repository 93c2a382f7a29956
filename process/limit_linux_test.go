package process

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestOurCgroupsAreFoundWhereverTheyAreMounted(t *testing.T) {
	const (
		hybrid = "9:name=systemd:/\n8:pids:/app/web\n3:cpuset,memory:/box\n0::/unified\n"
		mounts = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n" +
			"35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:7 - cgroup cgroup rw,cpuset,memory\n" +
			"39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n" +
			"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
		unified   = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
		container = "30 23 0:26 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n"
	)
	for _, tt := range []struct {
		name, groups, mounts, controller string
		want                             []string
	}{
		{"version 1", hybrid, mounts, "pids", []string{"/sys/fs/cgroup/pids/app/web", "/sys/fs/cgroup/pids/app", "/sys/fs/cgroup/pids"}},
		{"one of two controllers", hybrid, mounts, "memory", []string{"/sys/fs/cgroup/memory/box", "/sys/fs/cgroup/memory"}},
		{"not in version 1, so in version 2", hybrid, mounts, "io", []string{"/sys/fs/cgroup/unified/unified", "/sys/fs/cgroup/unified"}},
		{"version 2", "0::/user.slice/a b\n", unified, "pids", []string{"/sys/fs/cgroup/user.slice/a b", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"}},
		{"a namespace of its own", "0::/\n", unified, "pids", []string{"/sys/fs/cgroup"}},
		{"a part is mounted, ours", "8:pids:/docker/abc\n", container, "pids", []string{"/sys/fs/cgroup/pids"}},
		{"a part is mounted, around ours", "8:pids:/docker/abc/x\n", container, "pids", []string{"/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/pids"}},
		{"a part is mounted, another's", "8:pids:/docker/abcd\n", container, "pids", []string{"/sys/fs/cgroup/pids"}},
		{"moved out of the namespace", "0::/../other\n", unified, "pids", []string{"/sys/fs/cgroup"}},
		{"nothing is mounted", hybrid, "", "pids", nil},
		{"nothing is known", "", "", "pids", nil},
		{"nonsense", "8\n:\n", "x - y\n1 2 3 - cgroup2 x y\n", "pids", nil},
	} {
		if got := cgroupsIn(tt.groups, tt.mounts, tt.controller); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTheTightestLimitIsTheOneThatLeavesTheLeastRoom(t *testing.T) {
	wide, full, small := Limit{"wide", 1000, 10}, Limit{"full", 500, 500}, Limit{"small", 100, 10}
	for _, tt := range []struct {
		all  []Limit
		want Limit
	}{
		{nil, Limit{}},
		{[]Limit{wide}, wide},
		{[]Limit{wide, small}, small},
		{[]Limit{small, full, wide}, full},
	} {
		if got := tightest(tt.all); got != tt.want {
			t.Errorf("tightest(%v) = %v, want %v", tt.all, got, tt.want)
		}
	}
}

func TestAShortageNamesTheLimitAndItsValue(t *testing.T) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	inAll, _ := os.ReadFile("/proc/sys/fs/file-max")
	ptys, _ := os.ReadFile("/proc/sys/kernel/pty/max")
	for errno, want := range map[syscall.Errno]string{
		syscall.EMFILE:  fmt.Sprintf("too many open files: the limit is %d (ulimit -n)", files.Cur),
		syscall.ENFILE:  fmt.Sprintf("too many open files in system: the limit is %s (fs.file-max)", strings.TrimSpace(string(inAll))),
		syscall.ENOSPC:  fmt.Sprintf("no space left on device: the limit is %s (kernel.pty.max)", strings.TrimSpace(string(ptys))),
		syscall.ETXTBSY: "text file busy",
		syscall.ENOENT:  "no such file or directory",
	} {
		err := WithLimit(fmt.Errorf("cannot: %w", os.NewSyscallError("open", errno)))
		if got := err.Error(); got != "cannot: open: "+want {
			t.Errorf("%q, want %q", got, "cannot: open: "+want)
		}
		if !errors.Is(err, errno) {
			t.Errorf("%q is not %v any more", err, errno)
		}
	}
	for _, errno := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM} { // whose limits are the machine's
		if got := WithLimit(errno).Error(); !strings.HasPrefix(got, errno.Error()+": the limit is ") {
			t.Errorf("%q, want the limit in it", got)
		}
	}
	if err := WithLimit(ErrAborted); err != ErrAborted {
		t.Errorf("%q, want the error as it was", err)
	}
}

func TestAContainersTerminalsAreLimitedByItsOwnFileSystem(t *testing.T) {
	for mountinfo, want := range map[string]int{
		"29 26 0:26 / /dev/pts rw - devpts devpts rw,mode=600,ptmxmode=000\n": 0,
		"29 26 0:26 / /dev/pts rw - devpts devpts rw,ptmxmode=666,max=2\n":    2,
		"29 26 0:26 / /x/dev/pts rw - devpts devpts rw,max=2\n":               0, // somebody else's
		"29 26 0:26 / /dev/pts rw - tmpfs tmpfs rw,max=2\n":                   0,
	} {
		got := tightest(pseudoTerminals(mountinfo))
		if want == 0 && got.Name != "kernel.pty.max" || want != 0 && got != (Limit{Name: "max of the file system /dev/pts", Max: want}) {
			t.Errorf("%q: %v, want %d", mountinfo, got, want)
		}
	}
}

func TestOpenFilesAreCounted(t *testing.T) {
	before := FileLimit()
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(p[0])
	defer syscall.Close(p[1])
	if after := FileLimit(); after.Used != before.Used+2 || after.Max != before.Max || after.Max < 8 {
		t.Errorf("%v after %v, want two more", after, before)
	}
}

func TestThreadsAreCounted(t *testing.T) {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	ours, everybody := threadsOf(os.Getuid()), threads()
	if ours < len(entries) || everybody < len(entries) {
		t.Errorf("%d threads of ours and %d in all, want at least the %d of this process", ours, everybody, len(entries))
	}
}
