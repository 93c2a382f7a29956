package process

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	roles["blocked"] = blocked
	roles["table"] = table
	roles["exec"] = become
	roles["root"] = root
}

// blocked starts args with SIGUSR1 blocked, which the Go runtime does not unblock.
func blocked(args []string) {
	runtime.LockOSThread()
	var set unix.Sigset_t
	set.Val[0] = 1 << (syscall.SIGUSR1 - 1)
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil); err != nil {
		panic(err)
	}
	argv := role(args[0], args[1:]...)
	panic(syscall.Exec(argv[0], argv, os.Environ()))
}

// table is another supervisor: it launches args and says what happens to them. Its
// instances live at most as long as it does.
func table(args []string) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	gone := make(chan bool)
	t, err := New(func(e Event) {
		fmt.Println(e.Kind, e.PID, e.Status, e.Left, e.Err)
		if e.Kind == Gone || e.Kind == Failed {
			close(gone)
		}
	})
	if err != nil {
		panic(err)
	}
	k := Key{"web.1", 1}
	t.Launch(k, Spec{Argv: args, Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, RestSignal: syscall.SIGKILL})
	select {
	case <-gone:
	case <-term:
		t.Signal(k, Leader, syscall.SIGTERM, syscall.SIGHUP)
		<-gone
	}
	t.Close(time.Now().Add(time.Second))
}

// become is another program.
func become(args []string) {
	path, err := LookPath(args[0], os.Environ(), "")
	if err == nil {
		err = syscall.Exec(path, args, os.Environ())
	}
	panic(err)
}

// root is a set-user-ID program that makes root its real user too.
func root([]string) {
	if err := syscall.Setuid(0); err != nil {
		panic(err)
	}
	fmt.Println("ready", os.Getpid())
	forever()
}

// harness runs a role in a process of its own and returns what it says and its process.
func harness(t *testing.T, sys *syscall.SysProcAttr, argv ...string) (lines, *os.Process) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	p, err := os.StartProcess(argv[0], argv, &os.ProcAttr{
		Env:   append(os.Environ(), newTag(t)),
		Files: []*os.File{nil, w, os.Stderr},
		Sys:   sys,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	return newLines(r), p
}

// exit waits for a harness.
func exit(t *testing.T, p *os.Process) Status {
	t.Helper()
	state, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return statusOf(state.Sys().(syscall.WaitStatus))
}

func TestChildrenStartWithNoSignalBlocked(t *testing.T) {
	out, p := harness(t, nil, role("blocked", "table", "grep", "SigBlk", "/proc/self/status")...)
	if got, want := out.find(t, "SigBlk"), "SigBlk:\t0000000000000000"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	exit(t, p)
}

// The negative control of the test above: the mask is inherited.
func TestWhoBlocksASignalBlocksItForItsChildren(t *testing.T) {
	out, p := harness(t, nil, role("blocked", "exec", "grep", "SigBlk", "/proc/self/status")...)
	if got, want := out.find(t, "SigBlk"), "SigBlk:\t0000000000000200"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	exit(t, p)
}

func TestInstancesDieWithASupervisorThatIsKilled(t *testing.T) {
	out, p := harness(t, nil, role("table", role("deaf")...)...)
	child := out.ready(t)
	p.Kill()
	exit(t, p)
	if left := eventually(func(pid string) []int {
		if n, _ := strconv.Atoi(pid); alive(n) {
			return []int{n}
		}
		return nil
	}, strconv.Itoa(child)); len(left) > 0 {
		t.Errorf("pid %d outlived its supervisor", child)
	}
}

func TestTheForkerIsNotTheMainThread(t *testing.T) {
	for range 20 {
		s := newStage(t)
		k, out := s.launch("web.1", s.spec(role("wait")...))
		child := out.ready(t)
		files, _ := filepath.Glob("/proc/self/task/*/children")
		for _, file := range files {
			children, _ := os.ReadFile(file)
			of := strings.Split(file, "/")[4]
			if strings.Contains(string(children), strconv.Itoa(child)+" ") && of == strconv.Itoa(os.Getpid()) {
				t.Error("the leader is a child of the main thread, where orphans are looked for")
			}
		}
		s.table.Signal(k, Leader, syscall.SIGKILL)
		s.want(k, Exited)
		s.close()
	}
}

// Who changes its user (sudo, a set-user-ID program) is not ours to signal. It takes root
// to set up.
func TestAProcessOfAnotherUserIsNamedOnce(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	folder := t.TempDir()
	os.Chmod(filepath.Dir(folder), 0o755)
	plain, setuid := filepath.Join(folder, "plain"), filepath.Join(folder, "setuid")
	copySelf(t, plain, 0o755)
	copySelf(t, setuid, 0o755|os.ModeSetuid)
	nobody := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, p := harness(t, nobody, plain, "@table", setuid, "@root")
	child := out.ready(t)
	p.Signal(syscall.SIGTERM)
	want := fmt.Sprintf("denied %[1]d exited 0 [{%[1]d setuid false}] cannot send SIGTERM to pid %[1]d (setuid), which belongs to another user: operation not permitted", child)
	if got := out.find(t, "denied"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	syscall.Kill(child, syscall.SIGKILL)
	if got, want := out.next(t), fmt.Sprintf("exited %d was killed by SIGKILL [] <nil>", child); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	exit(t, p)
}

func copySelf(t *testing.T, to string, mode os.FileMode) {
	t.Helper()
	program, err := os.ReadFile(self())
	if err == nil {
		err = os.WriteFile(to, program, 0o755)
	}
	if err == nil {
		err = os.Chmod(to, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever the forker has not begun when Close empties the line is not begun at all.
func TestNothingIsForkedAfterClose(t *testing.T) {
	s := newStage(t)
	f := s.table.forker
	f.flying.Lock()
	k := Key{"web.1", 1}
	s.table.Launch(k, s.spec(role("deaf")...))
	for end := time.Now().Add(100 * time.Millisecond); !f.jobs.empty() && time.Now().Before(end); {
	} // that is a forker that takes a job before it may fly
	s.close()
	before := f.ticket.Load()
	f.flying.Unlock()
	if e := s.want(k, Failed); e.Err != ErrAborted {
		t.Errorf("%v, want %v", e.Err, ErrAborted)
	}
	f.flying.Lock() // it has come to the end of its turn, or has ended
	got := f.ticket.Load()
	f.flying.Unlock()
	if got != before || before%2 != 0 {
		t.Errorf("the ticket went from %d to %d, want no fork", before, got)
	}
}
