package process

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestACleanEndLeavesNoGuardian(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGCONT, syscall.SIGSTOP} {
		s := newSupervisor(t, append([]string{"--"}, role("leave", "deaf")...)...)
		_, guardian := s.ready(1)
		syscall.Kill(guardian, sig)
		s.Signal(syscall.SIGTERM)
		if got, want := s.out.find(t, "left"), "left []"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := exit(t, s.Process); got != (Status{}) {
			t.Errorf("after %v to its guardian the supervisor %v, want exited 0", sig, got)
		}
		if left := s.guardians(""); len(left) > 0 {
			t.Errorf("after %v to it the guardian %v is alive", sig, left)
		}
	}
}

func TestAReaderOfOurOutputSeesItsEndBeforeTheGuardians(t *testing.T) {
	s := newSupervisor(t, append([]string{"--"}, role("deaf")...)...)
	_, guardian := s.ready(1)
	syscall.Kill(guardian, syscall.SIGSTOP)
	s.Kill()
	s.Wait()
	for s.out.Scan() {
	}
	if err := s.out.Err(); err != nil {
		t.Errorf("the output's end: %v", err)
	}
	if !alive(guardian) {
		t.Errorf("the guardian %d is dead, want it to be stopped", guardian)
	}
	syscall.Kill(guardian, syscall.SIGCONT)
}

func TestAGuardianHoldsNothingThatOthersWaitFor(t *testing.T) {
	s := newSupervisor(t, append([]string{"--"}, role("deaf")...)...)
	_, guardian := s.ready(1)
	awaitName(t, guardian)
	folder := fmt.Sprintf("/proc/%d/", guardian)
	want := []string{"/dev/null", "/dev/null", "/dev/null", "pipe", "/memfd:ledger (deleted)"}
	fds := openFiles(folder)
	for end := time.Now().Add(patience); !slices.Equal(fds, want) && time.Now().Before(end); {
		fds = openFiles(folder) // at first it reads what of itself it can let go of
	}
	if !slices.Equal(fds, want) {
		t.Errorf("its descriptors are %q, want %q", fds, want)
	}
	if cwd, _ := os.Readlink(folder + "cwd"); cwd != "/" {
		t.Errorf("its folder is %q, want /", cwd)
	}
	if p, _ := read(guardian); p.session != guardian || p.parent != s.Pid {
		t.Errorf("it is in session %d, a child of %d; want its own, %d", p.session, p.parent, s.Pid)
	}
	status, _ := os.ReadFile(folder + "status")
	var ignored uint64
	_, after, _ := strings.Cut(string(status), "SigIgn:")
	fmt.Sscanf(after, "%x", &ignored)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGALRM, syscall.SIGTSTP} {
		if ignored&(1<<(sig-1)) == 0 {
			t.Errorf("it does not ignore %v", sig)
		}
	}
}

// openFiles is what the open files of a process are, by its folder in /proc.
func openFiles(folder string) (kinds []string) {
	files, _ := filepath.Glob(folder + "fd/*")
	for _, file := range files {
		link, _ := os.Readlink(file)
		kind, _, _ := strings.Cut(link, ":[")
		kinds = append(kinds, kind)
	}
	return kinds
}

// awaitName waits until a guardian has its name, which is when it sits and waits.
func awaitName(t *testing.T, guardian int) {
	t.Helper()
	eventually(func(string) []int {
		if commandOf(guardian) == "guardian" {
			return nil
		}
		return []int{guardian}
	}, "")
	if got := commandOf(guardian); got != "guardian" {
		t.Fatalf("pid %d is called %q, want guardian", guardian, got)
	}
}

func TestAGuardianIsSmall(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); !ok || slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector is large")
	}
	s := newSupervisor(t, append([]string{"--"}, role("deaf")...)...)
	_, guardian := s.ready(1)
	awaitName(t, guardian)
	rollup, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", guardian))
	_, after, _ := strings.Cut(string(rollup), "\nAnonymous:")
	var kB int
	fmt.Sscan(after, &kB)
	if t.Logf("%d kB of anonymous memory", kB); kB == 0 || kB > 3<<10 {
		t.Errorf("it has %d kB of anonymous memory, want at most 3 MB", kB)
	}
}

func TestTheGuardianIsNeitherALaunchsNorAStranger(t *testing.T) {
	s := newStage(t)
	s.table.Guard(runOfTest)
	guardian := s.want(Key{}, Guarded).PID
	k, out := s.launch("web.1", s.spec(role("leave", "listen")...))
	child := out.ready(t)
	s.table.Signal(k, Leader, syscall.SIGUSR1)
	s.left(s.want(k, Exited), child)
	s.table.Signal(k, All, syscall.SIGKILL)
	s.want(k, Gone)
	if !alive(guardian) {
		t.Errorf("the guardian %d ended with a launch", guardian)
	}
	s.close()
	if err := syscall.Kill(guardian, 0); err != syscall.ESRCH {
		t.Errorf("the guardian %d after Close: %v, want it to be reaped", guardian, err)
	}
}

func TestAGuardianThatCannotBeStartedIsReportedAndStopsNothing(t *testing.T) {
	s := newStage(t)
	g, err := newGuardian(runOfTest)
	if err != nil {
		t.Fatal(err)
	}
	g.program = "/no/such/program"
	s.table.forker.guardian.Store(g)
	s.table.forker.jobs.ring()
	e := s.want(Key{}, Guarded)
	if got := s.end("web.1", s.spec("true")); got != (Status{}) {
		t.Errorf("the launch %v, want exited 0", got)
	}
	if want := "cannot run /no/such/program: no such file or directory"; e.PID != 0 || e.Err == nil || e.Err.Error() != want {
		t.Errorf("guardian %d, %v; want none, %s", e.PID, e.Err, want)
	}
}

func TestAPostThatDoesNotLastIsFilledMoreAndMoreSeldom(t *testing.T) {
	var got []time.Duration
	for n := range 5 {
		got = append(got, vacancy(n))
	}
	got = append(got, vacancy(100))
	want := []time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, time.Minute}
	if !slices.Equal(got, want) {
		t.Errorf("vacancies of %v, want %v", got, want)
	}
}
