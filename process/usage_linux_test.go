package process

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func init() {
	roles["burn"] = burn
	roles["spend"] = spend
}

// burn uses a processor for as many milliseconds.
func burn(args []string) {
	n, _ := strconv.Atoi(args[0])
	for used := time.Duration(0); used < time.Duration(n)*time.Millisecond; {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		used = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
}

// spend has a child burn and waits for it; then it says "ready", and ends at SIGUSR1.
func spend(args []string) {
	defer untilUSR1()()
	child := fork(role("burn", args...), &syscall.SysProcAttr{}, os.Environ())
	syscall.Wait4(child, nil, 0, nil)
	fmt.Println("ready", os.Getpid())
}

func TestUsageIsThatOfTheWholeTree(t *testing.T) {
	s := newStage(t)
	one, _ := s.launch("web.1", s.spec(role("listen")...))
	spec := s.spec(role("daemon", "listen")...)
	spec.ID, spec.Env = "another", append(spec.Env[:len(spec.Env)-1], "SUPERVISE_ID=another")
	two, out := s.launch("web.2", spec)
	daemon := out.ready(t)
	within(t, func() bool { return s.table.Usage()[two].Processes == 2 }) // the fork in between has ended
	all := s.table.Usage()
	if len(all) != 2 || all[one].Processes != 1 {
		t.Errorf("Usage() = %+v, want two launches, the first of one process", all)
	}
	u := all[two]
	if u.PID != s.pid(two) || u.Age <= 0 || u.Age > patience {
		t.Errorf("pid %d of age %v, want pid %d and an age", u.PID, u.Age, s.pid(two))
	}
	if leader, own := resident(u.PID), resident(daemon); u.Resident < leader+own/2 || u.Resident > 2*(leader+own) {
		t.Errorf("%d bytes are resident, want about %d and %d", u.Resident, leader, own)
	}
	if leader, own := open(u.PID), open(daemon); u.Files != leader+own {
		t.Errorf("%d files are open, want %d and %d", u.Files, leader, own)
	}
	syscall.Kill(daemon, syscall.SIGKILL)
	within(t, func() bool { return s.table.Usage()[two].Processes == 1 })
}

func TestTheTimeOfAChildStaysWhenItIsWaitedFor(t *testing.T) {
	s := newStage(t)
	k, out := s.launch("web.1", s.spec(role("spend", "100")...))
	out.ready(t)
	if u := s.table.Usage()[k]; u.CPU < 80*time.Millisecond || u.CPU > patience {
		t.Errorf("it has used %v, want its child's 100ms", u.CPU)
	}
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.want(k, Exited)
	s.want(k, Gone)
	if all := s.table.Usage(); len(all) != 0 {
		t.Errorf("Usage() = %+v of nobody", all)
	}
	s.close()
	if all := s.table.Usage(); all != nil {
		t.Errorf("Usage() = %+v of a closed table, want nil", all)
	}
}

// Whom the reaper has seen without recognising them it never recognises: so a look must
// not count as seeing.
func TestALookTeachesTheReaperNothing(t *testing.T) {
	s := newStage(t)
	_, out := s.launch("web.1", s.spec(role("daemon", "listen")...))
	out.ready(t)
	s.table.Usage()
	known := make(chan int, 1)
	s.table.reaper.inbox.put(func() { known <- len(s.table.reaper.family.known) })
	if n := <-known; n != 0 {
		t.Errorf("the reaper knows %d processes by a look, want none", n)
	}
}

func TestOldKernelsCountFilesOneByOne(t *testing.T) {
	l := newLister()
	defer l.close()
	names, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", os.Getppid()))
	if err != nil {
		t.Skip(err)
	}
	if got := l.files(os.Getppid()); got != len(names) {
		t.Errorf("our parent has %d files, want %d", got, len(names))
	}
	if got := l.files(1 << 30); got != 0 {
		t.Errorf("nobody has %d files, want 0", got)
	}
}

// within polls until holds.
func within(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			t.Fatal("it never came to be")
		}
	}
}

// resident and open read what proc_pid_statm(5) and proc_pid_fd(5) say.
func resident(pid int) int64 {
	var size, pages int64
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fmt.Sscan(string(text), &size, &pages)
	return pages * int64(os.Getpagesize())
}

func open(pid int) int {
	names, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(names)
}

// BenchmarkUsage is a look at a hundred launches of one process each.
func BenchmarkUsage(b *testing.B) {
	t, events := quickly(b)
	for i := range 100 {
		t.Launch(Key{"web", i}, Spec{Argv: []string{"/bin/sleep", "1000"}})
		until(events, Launched)
	}
	median(b, "µs/look", func(int) time.Duration {
		start := time.Now()
		if n := len(t.Usage()); n != 100 {
			b.Fatalf("a look saw %d launches", n)
		}
		return time.Since(start)
	})
	f := newFamily()
	defer f.close()
	f.list()
	b.ReportMetric(float64(len(f.all)), "processes")
}
