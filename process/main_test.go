package process

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary plays the children: as `process.test @role argument…` it is one.
var roles = map[string]func(args []string){
	"leave":  leave,
	"listen": listen,
	"daemon": daemon,
	"detach": detach,
	"deaf":   deaf,
	"wait":   wait,
}

func TestMain(m *testing.M) {
	if Guard() {
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "@") {
		roles[os.Args[1][1:]](os.Args[2:])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// role is the command line of a role.
func role(name string, args ...string) []string {
	return append([]string{self(), "@" + name}, args...)
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// listen says "ready", then every signal that it gets, and ends at SIGUSR2; with "once"
// at the first of any.
func listen(args []string) {
	heard := make(chan os.Signal, 16)
	signal.Notify(heard, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	fmt.Println("ready", os.Getpid())
	for sig := range heard {
		fmt.Println(sig)
		if sig == syscall.SIGUSR2 || len(args) > 0 && args[0] == "once" {
			return
		}
	}
}

// deaf says "ready" and can only be killed.
func deaf([]string) {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1)
	fmt.Println("ready", os.Getpid())
	forever()
}

// wait says "ready" and does what signals do by default.
func wait([]string) {
	fmt.Println("ready", os.Getpid())
	forever()
}

// forever blocks in the kernel, where Go's runtime does not take it for a deadlock.
func forever() {
	var p [2]int
	syscall.Pipe(p[:])
	for {
		syscall.Read(p[0], make([]byte, 1))
	}
}

// leave starts a process of another role in its own group, and ends at SIGUSR1.
func leave(args []string) {
	defer untilUSR1()()
	fork(role(args[0], args[1:]...), &syscall.SysProcAttr{}, os.Environ())
}

// daemon does the same with one that leaves the session by a second fork. With "nameless"
// before the role, that one has no environment.
func daemon(args []string) {
	defer untilUSR1()()
	first := fork(role("detach", args...), &syscall.SysProcAttr{Setsid: true}, os.Environ())
	syscall.Wait4(first, nil, 0, nil)
}

// detach is the first fork, which makes the second.
func detach(args []string) {
	env := os.Environ()
	if args[0] == "nameless" {
		args, env = args[1:], nil
	}
	fork(role(args[0], args[1:]...), &syscall.SysProcAttr{}, env)
}

// untilUSR1 returns what waits for a SIGUSR1 from now on.
func untilUSR1() func() {
	bye := make(chan os.Signal, 1)
	signal.Notify(bye, syscall.SIGUSR1)
	return func() { <-bye }
}

func fork(argv []string, sys *syscall.SysProcAttr, env []string) int {
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: env, Files: []uintptr{0, 1, 2}, Sys: sys})
	if err != nil {
		panic(err)
	}
	return pid
}

// lines reads what children say, line by line.
type lines struct{ *bufio.Scanner }

// newLines reads from r, but not for ever.
func newLines(r *os.File) lines {
	r.SetReadDeadline(time.Now().Add(patience))
	return lines{bufio.NewScanner(r)}
}

func (l lines) next(t *testing.T) string {
	t.Helper()
	if !l.Scan() {
		t.Fatalf("the children's output ended (%v), want another line", l.Err())
	}
	return l.Text()
}

// find is the next line that begins with prefix.
func (l lines) find(t *testing.T, prefix string) string {
	t.Helper()
	for {
		if line := l.next(t); strings.HasPrefix(line, prefix) {
			return line
		}
	}
}

// ready waits for a "ready" line and returns the pid in it.
func (l lines) ready(t *testing.T) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.Fields(l.find(t, "ready "))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
