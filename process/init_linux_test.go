package process

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	roles["mounted"] = mounted
	roles["init"] = initRole
	roles["tty"] = tty
	roles["blind"] = func([]string) { fmt.Println("blind", newLister().proc == nil) }
}

// mounted plays the role of args with a /proc of its own pid namespace.
func mounted(args []string) {
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err == nil {
		err = unix.Mount("proc", "/proc", "proc", 0, "")
	}
	if err != nil {
		panic(err)
	}
	roles[args[0]](args[1:])
}

// initRole runs args as a one-off, says who has the terminal then, and passes its code.
func initRole(args []string) {
	heard, incoming := make(chan os.Signal, 16), make(chan syscall.Signal)
	signal.Notify(heard, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH)
	go func() {
		for sig := range heard {
			incoming <- sig.(syscall.Signal)
		}
	}()
	status, err := RunAsInit(Spec{Argv: args, Env: append(os.Environ(), "SUPERVISE_ID=x"), ID: "x"}, incoming)
	if err != nil {
		fmt.Println(err)
		os.Exit(ExitCode(err))
	}
	if group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP); err == nil {
		fmt.Println("the terminal is PID 1's:", group == syscall.Getpgrp())
	}
	os.Exit(status.ExitCode())
}

// tty says whether it is the foreground of its terminal, then what it reads.
func tty([]string) {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	fmt.Println("foreground:", group == syscall.Getpgrp(), err)
	var line string
	fmt.Scan(&line)
	fmt.Println("read:", line)
}

// asPID1 runs a role as PID 1 of a pid namespace.
func asPID1(t *testing.T, argv ...string) (lines, *os.Process) {
	t.Helper()
	return harness(t, pidNamespace(t), argv...)
}

func pidNamespace(t *testing.T) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root to make a pid namespace")
	}
	return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
}

func TestAOneOffAsPID1PassesItsChildsCode(t *testing.T) {
	for command, want := range map[string]int{
		"exit 0":                  0,
		"exit 7":                  7,
		"exit 255":                255,
		"kill -TERM $$":           143,
		"kill -KILL $$":           137,
		"kill -STOP $$; exit 5":   5, // nobody else could continue it
		"kill -TSTP $$; exit 6":   6,
		"exec /no/such/file 2>&-": 127,
	} {
		_, p := asPID1(t, role("mounted", "init", "sh", "-c", command)...)
		if got := exit(t, p).ExitCode(); got != want {
			t.Errorf("%q: exit code %d, want %d", command, got, want)
		}
	}
}

func TestAOneOffThatCannotRunSaysWhy(t *testing.T) {
	out, p := asPID1(t, role("mounted", "init", "./nothing")...)
	if got, want := out.next(t), `cannot run "./nothing": no such file or directory`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := exit(t, p).ExitCode(); got != 127 {
		t.Errorf("exit code %d, want 127", got)
	}
}

func TestAOneOffAsPID1GetsEverySignalAsItIs(t *testing.T) {
	out, p := asPID1(t, role("mounted", "init", self(), "@listen")...)
	out.ready(t)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1, syscall.SIGUSR2} {
		p.Signal(sig)
		if got := out.next(t); got != sig.String() {
			t.Errorf("the child heard %q, want %q", got, sig)
		}
	}
	if got := exit(t, p).ExitCode(); got != 0 {
		t.Errorf("exit code %d, want 0", got)
	}
}

func TestPID1ReapsStrangers(t *testing.T) {
	script := `for i in 1 2 3 4 5 6 7 8 9; do (sh -c true &); done
		while grep -qs ') Z ' /proc/[0-9]*/stat; do :; done; exit 3`
	_, p := asPID1(t, role("mounted", "init", "sh", "-c", script)...)
	if got := exit(t, p).ExitCode(); got != 3 {
		t.Errorf("exit code %d, want 3, when no zombie is left", got)
	}
}

func TestWhatAOneOffLeavesBehindIsStopped(t *testing.T) {
	out, p := asPID1(t, role("mounted", "init", self(), "@daemon", "listen", "once")...)
	out.ready(t)
	p.Signal(syscall.SIGUSR1)
	if got, want := out.next(t), "terminated"; got != want {
		t.Errorf("the daemon heard %q, want %q", got, want)
	}
	exit(t, p)
}

func TestPID1StopsStrangersAtTheEndAndKillsTheDeaf(t *testing.T) {
	out, p := asPID1(t, role("mounted", "table", self(), "@wait")...)
	out.ready(t)
	polite := enter(t, p, role("listen")...)
	deafOut := enter(t, p, role("deaf")...)
	polite.ready(t)
	deafOut.ready(t)
	start := time.Now()
	p.Signal(syscall.SIGTERM)
	heard := []string{polite.next(t), polite.next(t)}
	slices.Sort(heard) // Go does not keep the order of signals
	if want := []string{"hangup", "terminated"}; !slices.Equal(heard, want) {
		t.Errorf("a stranger heard %q, want %q", heard, want)
	}
	if got := exit(t, p); got != (Status{}) {
		t.Errorf("PID 1 %v, want exited 0", got)
	}
	if took := time.Since(start); took < 500*time.Millisecond || took > 1500*time.Millisecond {
		t.Errorf("the end took %v, want about the second that the deaf one was given", took)
	}
}

// enter runs argv in p's namespaces as docker exec does: as nobody's child in there.
func enter(t *testing.T, p *os.Process, argv ...string) lines {
	t.Helper()
	nsenter, err := LookPath("nsenter", os.Environ(), "")
	if err != nil {
		t.Skip(err)
	}
	out, stranger := harness(t, nil, append([]string{nsenter, "-t", strconv.Itoa(p.Pid), "-p", "-m"}, argv...)...)
	t.Cleanup(func() { stranger.Wait() })
	return out
}

func TestAProcOfAnotherPidNamespaceIsNotBelieved(t *testing.T) {
	out, p := asPID1(t, role("blind")...)
	if got, want := out.next(t), "blind true"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	exit(t, p)
}

func TestAOneOffHasTheTerminal(t *testing.T) {
	for _, tt := range []struct {
		name       string
		controlled bool
	}{
		{"that PID 1 controls", true},
		{"that no session controls", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sys := pidNamespace(t)
			sys.Setsid, sys.Setctty = true, tt.controlled
			out, keyboard, p := onTerminal(t, sys, role("mounted", "init", self(), "@tty")...)
			if got, want := out.next(t), "foreground: true <nil>"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			fmt.Fprintln(keyboard, "hello")
			if got, want := out.find(t, "read"), "read: hello"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if tt.controlled {
				if got, want := out.find(t, "the terminal"), "the terminal is PID 1's: true"; got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
			exit(t, p)
		})
	}
}

func TestCtrlCIsTheOneOffsAlone(t *testing.T) {
	sys := pidNamespace(t)
	sys.Setsid, sys.Setctty = true, true
	out, keyboard, p := onTerminal(t, sys, role("mounted", "init", self(), "@wait")...)
	out.ready(t)
	fmt.Fprint(keyboard, "\x03")
	if got := exit(t, p).ExitCode(); got != 130 {
		t.Errorf("exit code %d, want 130", got)
	}
}

func TestCtrlZDoesNotStopAOneOffThatNobodyCouldContinue(t *testing.T) {
	sys := pidNamespace(t)
	sys.Setsid, sys.Setctty = true, true
	out, keyboard, p := onTerminal(t, sys, role("mounted", "init", self(), "@tty")...)
	out.find(t, "foreground")
	fmt.Fprint(keyboard, "\x1a")
	fmt.Fprintln(keyboard, "hello")
	if got, want := out.find(t, "read"), "read: hello"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	exit(t, p)
}

// onTerminal runs argv with a new terminal as its standard streams. keyboard types on it.
func onTerminal(t *testing.T, sys *syscall.SysProcAttr, argv ...string) (out lines, keyboard *os.File, p *os.Process) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := rawFd(t, master)
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	p, err = os.StartProcess(argv[0], argv, &os.ProcAttr{
		Env:   append(os.Environ(), newTag(t)),
		Files: []*os.File{slave, slave, slave},
		Sys:   sys,
	})
	if err != nil {
		t.Fatal(err)
	}
	return newLines(master), master, p
}

// rawFd is f's descriptor; Fd would make it blocking, without deadlines.
func rawFd(t *testing.T, f *os.File) (fd int) {
	t.Helper()
	raw, err := f.SyscallConn()
	if err == nil {
		err = raw.Control(func(n uintptr) { fd = int(n) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}
