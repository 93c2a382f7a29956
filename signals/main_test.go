package signals

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// children are what this test binary does instead of testing when it is started again
// with SIGNALS_CHILD set to one of these names.
var children = map[string]func(){
	// Prints what it hears until SIGTERM, which it prints too.
	"hear": func() {
		in := Listen()
		in.C()
		fmt.Println("ready")
		for sig := range in.C() {
			fmt.Println(Name(sig))
			if sig == syscall.SIGTERM {
				break
			}
		}
		for _, sig := range in.Stop() {
			fmt.Println(Name(sig))
		}
	},
	// Writes to a stdout that nobody reads any more, and says on stderr what came of it.
	"write": func() {
		if os.Getenv("SIGNALS_DEAF") == "" {
			Listen().C()
		}
		fmt.Fprintln(os.Stderr, "ready")
		io.ReadAll(os.Stdin)
		_, err := fmt.Println("anybody?")
		fmt.Fprintln(os.Stderr, err)
	},
	// Becomes a shell that does to itself what a write to a broken pipe would.
	"parent": func() {
		Listen().C()
		out, err := exec.Command("sh", "-c", "kill -PIPE $$; echo survived").CombinedOutput()
		fmt.Printf("%s%v\n", out, err)
	},
	// Listens, stops listening and waits.
	"stopped": func() {
		in := Listen()
		in.Add(Steering()...)
		fmt.Println("unread:", in.Stop())
		fmt.Println("ready")
		select {}
	},
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv("SIGNALS_CHILD")]; child != nil {
		time.AfterFunc(20*time.Second, func() { panic("nobody ended this child") })
		child()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child prepares one of children behind a shell command that ends in exec "$0".
func child(t *testing.T, name, shell string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", shell, exe)
	// The race detector would sleep for 1 s at every exit.
	cmd.Env = append(os.Environ(), "SIGNALS_CHILD="+name, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// start starts cmd and returns its stdout once it has said that it is ready.
func start(t *testing.T, cmd *exec.Cmd) *bufio.Reader {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	for line := ""; line != "ready\n"; {
		if line, err = lines.ReadString('\n'); err != nil {
			t.Fatalf("the child is not ready: %v", err)
		}
	}
	return lines
}

// rest reads what is left of a child's output, as words.
func rest(t *testing.T, lines io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// send sends sig to this very process.
func send(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Fatalf("cannot send %s to ourselves: %v", Name(sig), err)
	}
}

// await yields until done, or fails after 10 s.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 10s in vain for %s", what)
		}
	}
}

// next reads one signal, or fails after 10 s.
func next(t *testing.T, in *Incoming) syscall.Signal {
	t.Helper()
	select {
	case sig := <-in.C():
		return sig
	case <-time.After(10 * time.Second):
		t.Fatal("heard nothing for 10s")
		return 0
	}
}
