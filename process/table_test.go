package process

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

func TestEveryExitCodeIsReported(t *testing.T) {
	s := newStage(t)
	for code := range 256 {
		got := s.end(strconv.Itoa(code), s.spec("sh", "-c", fmt.Sprint("exit ", code)))
		if want := (Status{Code: code}); got != want || got.ExitCode() != code {
			t.Errorf("exit %d: %+v with exit code %d, want %+v", code, got, got.ExitCode(), want)
		}
	}
}

func TestEveryDeadlySignalIsReported(t *testing.T) {
	s := newStage(t)
	for _, sig := range []syscall.Signal{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 31} {
		got := s.end(strconv.Itoa(int(sig)), s.spec("sh", "-c", fmt.Sprintf("ulimit -c 0; kill -%d $$", sig)))
		if want := (Status{Signal: sig}); got != want || got.ExitCode() != 128+int(sig) {
			t.Errorf("signal %d: %+v with exit code %d, want %+v", sig, got, got.ExitCode(), want)
		}
	}
}

func TestAStatusIsTheMiddleOfASentence(t *testing.T) {
	for _, tt := range []struct {
		ws   syscall.WaitStatus
		want string
		code int
	}{
		{0, "exited 0", 0},
		{1 << 8, "exited 1", 1},
		{255 << 8, "exited 255", 255},
		{15, "was killed by SIGTERM", 143},
		{9, "was killed by SIGKILL", 137},
		{11 | 0x80, "was killed by SIGSEGV (core dumped)", 139},
	} {
		s := statusOf(tt.ws)
		if s.String() != tt.want || s.ExitCode() != tt.code {
			t.Errorf("statusOf(%#x) is %q with exit code %d, want %q with %d", tt.ws, s, s.ExitCode(), tt.want, tt.code)
		}
	}
}

func TestAThousandLaunchesAtOnceAreEachToldInOrder(t *testing.T) {
	s := newStage(t)
	open := descriptors(t)
	const n = 1000
	for i := range n {
		s.table.Launch(Key{"web", i}, s.spec("true"))
	}
	for range 3 * n {
		e := <-s.events
		s.told[e.Key] = append(s.told[e.Key], e.Kind)
	}
	for i := range n {
		if got := s.told[Key{"web", i}]; !slices.Equal(got, []Kind{Launched, Exited, Gone}) {
			t.Errorf("launch %d: %v, want launched, exited, gone", i, got)
		}
	}
	if now := descriptors(t); now > open {
		t.Errorf("%d descriptors are open, %d were before", now, open)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestAnExitThatBeatsTheForksReturnIsToldAfterTheLaunch(t *testing.T) {
	s := newStage(t)
	landed := s.table.forker.landed
	s.table.forker.landed = func(l landing) {
		for end := time.Now().Add(patience); syscall.Kill(l.pid, 0) == nil && time.Now().Before(end); {
		} // until the reaper has it
		landed(l)
	}
	for i := range 20 {
		got := s.end(strconv.Itoa(i), s.spec("sh", "-c", "exit 7"))
		if want := (Status{Code: 7}); got != want {
			t.Fatalf("launch %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestExitsThatRaceTheForkKeepTheirStatus(t *testing.T) {
	s := newStage(t)
	for i := range 2000 {
		s.table.Launch(Key{"web", i}, s.spec([]string{"true", "false"}[i%2]))
	}
	for gone := 0; gone < 2000; {
		switch e := <-s.events; e.Kind {
		case Gone:
			gone++
		case Exited:
			if want := e.Key.Launch % 2; e.Status != (Status{Code: want}) {
				t.Fatalf("launch %d: %v, want exited %d", e.Key.Launch, e.Status, want)
			}
		}
	}
}

func TestTheTimesOfALaunchAreInOrder(t *testing.T) {
	s := newStage(t)
	before := time.Now()
	k := Key{"web.1", 1}
	s.table.Launch(k, s.spec("true"))
	for _, kind := range []Kind{Launched, Exited, Gone} {
		e := s.want(k, kind)
		if e.Time.Before(before) {
			t.Errorf("%v at %v, want not before %v", kind, e.Time, before)
		}
		if e.PID <= 0 {
			t.Errorf("%v has pid %d, want the leader's", kind, e.PID)
		}
		before = e.Time
	}
}

func TestAnAbortedLaunchFailsAndALaterOneDoesNot(t *testing.T) {
	s := newStage(t)
	first, second, third := Key{"a", 1}, Key{"b", 1}, Key{"c", 1}
	busy, release := make(chan bool), make(chan bool)
	landed := s.table.forker.landed
	s.table.forker.landed = func(l landing) {
		if l.key == first && l.err == nil {
			close(busy)
			<-release
		}
		landed(l)
	}
	for _, k := range []Key{first, second, third} {
		s.table.Launch(k, s.spec("true"))
	}
	<-busy
	s.table.Abort(first) // too late
	s.table.Abort(second)
	if e := s.want(second, Failed); !errors.Is(e.Err, ErrAborted) {
		t.Errorf("an aborted launch failed with %v, want %v", e.Err, ErrAborted)
	}
	close(release)
	s.want(first, Launched)
	s.want(third, Launched)
}

func TestALaunchThatFailsSaysWhyAndLeavesNothing(t *testing.T) {
	s := newStage(t)
	open := descriptors(t)
	for i, argv := range [][]string{{"./no-such-file"}, {"no-such-command"}, {"/"}, {""}, nil, {"true", "a\x00b"}} {
		k := Key{"web.1", i}
		spec := s.spec(argv...)
		s.table.Launch(k, spec)
		if e := s.want(k, Failed); e.Err == nil {
			t.Errorf("%q: no error, want one", argv)
		}
	}
	if now := descriptors(t); now > open {
		t.Errorf("%d descriptors are open, %d were before", now, open)
	}
}

func TestSignalsForWhoIsNotThereAreDropped(t *testing.T) {
	s := newStage(t)
	k := Key{"web.1", 1}
	s.table.Signal(k, All, syscall.SIGKILL)
	if got := s.end("web.1", s.spec("true")); got != (Status{}) {
		t.Errorf("%v, want exited 0: a signal sent before the launch is dropped", got)
	}
	for _, to := range []Target{Leader, Group, All} {
		s.table.Signal(k, to, syscall.SIGKILL)
	}
	if got := s.end("web.2", s.spec("true")); got != (Status{}) {
		t.Errorf("%v, want exited 0", got)
	}
}

func TestStdinIsAnOpenSilentPipeOfTheLaunchAlone(t *testing.T) {
	s := newStage(t)
	_, out := s.launch("a", s.spec("sh", "-c", `readlink /dev/fd/0; read x; echo "end of input"`))
	_, other := s.launch("b", s.spec("sh", "-c", `readlink /dev/fd/0; read x; echo "end of input"`))
	a, b := out.next(t), other.next(t)
	if a == b {
		t.Errorf("both have %s as stdin, want one each", a)
	}
	s.table.Signal(Key{"a", 1}, Leader, syscall.SIGTERM)
	if e := s.want(Key{"a", 1}, Exited); e.Status.Signal != syscall.SIGTERM {
		t.Errorf("%v, want to be killed by SIGTERM while it reads", e.Status)
	}
	if out.Scan() {
		t.Errorf("the child said %q, want nothing: its stdin never ends", out.Text())
	}
}

func TestWhatWeInheritedIsNotPassedOn(t *testing.T) {
	fd, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0) // not close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	s := newStage(t)
	_, out := s.launch("web.1", s.spec("sh", "-c", "ls /dev/fd/ | tr '\\n' ' '; echo"))
	if got := out.next(t); got != "0 1 2 3 " { // ls reads the folder as 3
		t.Errorf("the child has descriptors %q, want 0, 1, 2", got)
	}
}

func TestWithoutCloseRangeInheritedDescriptorsAreFoundOneByOne(t *testing.T) {
	fd, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	closeOnExec("/dev/fd")
	flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
	if flags&syscall.FD_CLOEXEC == 0 {
		t.Errorf("descriptor %d has flags %d, want FD_CLOEXEC", fd, flags)
	}
}
