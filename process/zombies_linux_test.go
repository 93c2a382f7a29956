package process

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() { roles["lenient"] = lenient }

const manyZombies = 10_000

// zombies leaves dead children to whoever adopts them. Perl forks faster than we, and does not
// reap, as a shell does.
const zombies = `$| = 1; for (1 .. 10000) { exit if !fork } print "ready $$\n"`

// lenient is a supervisor that lets live what its instance leaves.
func lenient(args []string) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	t, err := New(func(Event) {})
	if err != nil {
		panic(err)
	}
	t.Launch(Key{"web.1", 1}, Spec{Argv: args, Env: os.Environ(), Stdout: os.Stdout})
	<-term
	t.Close(time.Now().Add(time.Second))
}

// A storm of strangers' deaths costs PID 1 two system calls for each, and no look at /proc: not
// even when it has to find out meanwhile who is left of a launch.
func TestTenThousandZombiesOfStrangersAreReapedWithoutALookAtThem(t *testing.T) {
	if _, err := LookPath("perl", os.Environ(), ""); err != nil {
		t.Skip(err)
	}
	for name, argv := range map[string][]string{
		"while a launch is up":           {self(), "@wait"},
		"while one is not yet gone":      script("$self @deaf & exit"),
		"while its daemon is not either": script("setsid $self @deaf & exit"),
	} {
		t.Run(name, func(t *testing.T) { reapZombies(t, argv) })
	}
}

func reapZombies(t *testing.T, argv []string) {
	out, p := asPID1(t, role("mounted", append([]string{"lenient"}, argv...)...)...)
	out.ready(t)
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", p.Pid)
	if _, err := os.Stat(children); err != nil {
		t.Skip(err)
	}
	p.Signal(syscall.SIGSTOP)
	adopted := func() int {
		list, _ := os.ReadFile(children)
		return len(strings.Fields(string(list)))
	}
	others := adopted()
	enter(t, p, "perl", "-e", zombies).ready(t)
	for end := time.Now().Add(patience); adopted() < others+manyZombies; {
		if time.Now().After(end) {
			t.Fatalf("PID 1 has %d children, want %d more than %d", adopted(), manyZombies, others)
		}
	}
	before, begin := reads(p.Pid), time.Now()
	p.Signal(syscall.SIGCONT)
	for adopted() > others {
		if time.Since(begin) > patience {
			t.Fatalf("%d zombies are left after %v", adopted(), patience)
		}
	}
	t.Logf("reaped within %v", time.Since(begin)) // some 30 ms on a calm machine
	if n := reads(p.Pid) - before; n > manyZombies/100 {
		t.Errorf("PID 1 has read %d times, want next to never", n)
	}
	p.Signal(syscall.SIGTERM)
	exit(t, p)
}

// reads is how many read(2)s a process has done.
func reads(pid int) (n int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	_, after, _ := strings.Cut(string(text), "syscr:")
	fmt.Sscan(after, &n)
	return n
}
