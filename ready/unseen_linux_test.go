package ready

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"

	"supervise/ports"

	"golang.org/x/sys/unix"
)

func TestALaunchOfAnotherUserIsBelieved(t *testing.T) {
	launch := play(t, nil, "listen", "tcp4", "127.0.0.1:0")
	testUnseen(t, launch, becomeNobody)
}

func TestALaunchThatHidepidHidesIsBelieved(t *testing.T) {
	launch := play(t, nil, "listen", "tcp4", "127.0.0.1:0")
	testUnseen(t, launch, func() error { return errors.Join(hideOthers(), becomeNobody()) })
}

// testUnseen checks what is found of launch by a thread that may not look into it.
func testUnseen(t *testing.T, launch actor, blind func() error) {
	target := Target{Port: launch.port(t), Leader: launch.pid}
	want := fmt.Sprintf("127.0.0.1:%d", target.Port)
	onAThreadThat(t, blind, func() {
		if at, whose := find(target); at != want || whose != unseen {
			t.Errorf("find = %s, %d, want %s, %d", at, whose, want, unseen)
		}
		if got, want := seen(target), fmt.Sprintf("$PORT %d is somebody else's", target.Port); got != want {
			t.Errorf("seen: %q, want %q", got, want)
		}
		target := Target{Port: 1, Leader: launch.pid}
		if got, want := seen(target), "nobody listens on $PORT 1"; got != want {
			t.Errorf("seen: %q, want %q", got, want)
		}
	})
	if at, whose := find(target); at != want || whose != its { // the negative control
		t.Errorf("for root find = %s, %d, want %s, %d", at, whose, want, its)
	}
}

// Nobody may look into a zombie, which is no reason to believe that it listens.
func TestTheDeadAreNotBelieved(t *testing.T) {
	port := play(t, nil, "listen", "tcp4", "127.0.0.1:0").port(t)
	launch := play(t, nil, "exit") // not waited for before the test ends
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_PID, launch.pid, &info, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	onAThreadThat(t, becomeNobody, func() {
		if _, err := ports.Sockets(launch.pid); !errors.Is(err, os.ErrPermission) { // the negative control
			t.Errorf("the zombie can be looked into, %v, so this test shows nothing", err)
		}
		if at, whose := find(Target{Port: port, Leader: launch.pid}); whose != strangers {
			t.Errorf("find = %s, %d, want %d", at, whose, strangers)
		}
	})
}

// Our own process is seen by each of its threads.
func TestALaunchOfAnotherUserIsNotBelievedWhenAStrangerIsSeen(t *testing.T) {
	port := portOf(listen(t, "tcp4", "127.0.0.1:0"))
	launch := play(t, nil, "listen", "tcp4", "127.0.0.1:0")
	launch.port(t)
	onAThreadThat(t, becomeNobody, func() {
		target := Target{Port: port, Leader: launch.pid}
		if at, whose := find(target); whose != strangers {
			t.Errorf("find = %s, %d, want %d", at, whose, strangers)
		}
		want := fmt.Sprintf("$PORT %d is pid %d's (ready.test)", port, os.Getpid())
		if got := seen(target); got != want {
			t.Errorf("seen: %q, want %q", got, want)
		}
	})
}

func TestWithoutASocketTableAPortThatCannotBeBoundIsListenedOn(t *testing.T) {
	listener := listen(t, "tcp4", "127.0.0.1:0")
	target := Target{Port: portOf(listener), Leader: os.Getpid()}
	v := &view{listening: func() ([]ports.Listener, error) { return nil, errors.ErrUnsupported }}
	at, got := v.find(target, new(doubt))
	if at.String() != listener.Addr().String() || got != unseen {
		t.Errorf("find = %s, %d, want %s, %d", at, got, listener.Addr(), unseen)
	}
	if got, want := how(at, got), fmt.Sprintf("something listens on %s (whose it is cannot be seen)", at); got != want {
		t.Errorf("How = %q, want %q", got, want)
	}
	listener.Close()
	if _, got := v.find(target, new(doubt)); got != nobodys { // the negative control
		t.Errorf("when it is closed: %d, want %d", got, nobodys)
	}
}

func seen(target Target) string { return (&view{listening: ports.Listening}).listens(target) }

// onAThreadThat runs do on a thread that has first lost something, and ends with it:
// Linux keeps credentials and namespaces by thread.
func onAThreadThat(t *testing.T, lose func() error, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can give something up for this test")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked
		if err := lose(); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func becomeNobody() error {
	const same, nobody = ^uintptr(0), 65534
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, same, nobody, same); errno != 0 {
		return fmt.Errorf("cannot become nobody: %w", errno)
	}
	return nil
}

// hideOthers gives the thread a /proc that shows a user nobody else's processes, and does
// not make an exception of root's group, whose member we stay.
func hideOthers() error {
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount("proc", "/proc", "proc", 0, "hidepid=2,gid=65534")
}
