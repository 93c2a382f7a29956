package process

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func init() { roles["crowded"] = crowded }

// hoard opens files until no more can be opened, and returns what closes them.
func hoard(t *testing.T) (release func()) {
	var before unix.Rlimit
	limitFiles(t, nil, &before)
	limitFiles(t, &unix.Rlimit{Cur: 256, Max: before.Max}, nil)
	var all []int
	for {
		fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
		if err == unix.EMFILE {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fd)
	}
	release = sync.OnceFunc(func() {
		limitFiles(t, &before, nil)
		for _, fd := range all {
			unix.Close(fd)
		}
	})
	t.Cleanup(release)
	return release
}

// limitFiles is setrlimit(2) behind the back of package syscall, which would not give our
// children the old limit back any more.
func limitFiles(t *testing.T, set, get *unix.Rlimit) {
	_, _, errno := unix.RawSyscall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE,
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(get)), 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}

func TestADaemonIsNotLostWhenNoFileCanBeOpened(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spare bool
	}{
		{"a descriptor is kept for it", true},
		{"the negative control: none is, and it is seen later", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			k, out := s.launch("web.1", s.spec(role("daemon", "deaf")...))
			daemon := out.ready(t)
			ready := make(chan bool)
			s.table.reaper.inbox.put(func() {
				if procs := s.table.reaper.family.procs; !tt.spare {
					procs.slurper.close()
					procs.spare = -1
				}
				close(ready)
			})
			<-ready
			release := hoard(t)
			s.table.Signal(k, Leader, syscall.SIGUSR1)
			exited := s.want(k, Exited)
			release()
			if tt.spare {
				s.left(exited, daemon)
			} else {
				s.left(exited)
			}
			s.table.Signal(k, All, syscall.SIGKILL)
			s.want(k, Gone)
			if alive(daemon) {
				t.Errorf("pid %d is alive after Gone", daemon)
			}
		})
	}
}

// crowded may start no more threads and has some of its own wait in the kernel. With "keep"
// it has seen to them before.
func crowded(args []string) {
	if len(args) > 0 {
		keepThreads(threadsToKeep())
	}
	const nobodys = 4_000_000_001 // so that no other process counts
	if err := syscall.Setuid(nobodys); err != nil {
		panic(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1, Max: 1}); err != nil {
		panic(err)
	}
	var inside sync.WaitGroup
	for range spareThreads {
		inside.Add(1)
		go func() {
			runtime.LockOSThread()
			inside.Done()
			forever()
		}()
	}
	inside.Wait()
	fmt.Println("ready", os.Getpid())
}

func TestNoThreadIsNeededWhenNoneCanBeStarted(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become a user without processes")
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"they are kept", []string{"keep"}, "ready "},
		{"the negative control: they are not", nil, "runtime"}, // its last words, or those of runtime/cgo,
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			argv := role("crowded", tt.args...)
			p, err := os.StartProcess(argv[0], argv, &os.ProcAttr{Env: append(os.Environ(), newTag(t)), Files: []*os.File{nil, w, w}})
			w.Close()
			if err != nil {
				t.Fatal(err)
			}
			defer p.Wait()
			if line := newLines(r).next(t); !strings.HasPrefix(line, tt.want) {
				t.Errorf("it says %q, want %q", line, tt.want)
			}
		})
	}
}
