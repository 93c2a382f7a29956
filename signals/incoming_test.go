package signals

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// listen is Listen and Add for one test; it returns when all of them are heard. A test
// binary that was started by nohup or by a shell's & has SIGHUP or SIGINT ignored: then
// these are not heard here either.
func listen(t *testing.T, more ...syscall.Signal) *Incoming {
	in := Listen()
	in.Add(more...)
	in.C()
	t.Cleanup(func() { in.Stop() })
	return in
}

func TestEveryKindIsHeard(t *testing.T) {
	in := listen(t, append(Steering(), Forwardable()...)...)
	want := Forwardable()
	for _, sig := range Steering() {
		if !slices.Contains(want, sig) {
			t.Errorf("%s is heard but not forwardable", Name(sig))
		}
	}
	for _, sig := range want {
		if signal.Ignored(sig) {
			continue
		}
		send(t, sig)
		if got := next(t, in); got != sig {
			t.Errorf("sent %s, heard %s", Name(sig), Name(got))
		}
	}
}

func TestAStormOfOneKindDoesNotHideAnother(t *testing.T) {
	in := listen(t, syscall.SIGUSR1)
	// The negative control is what most programs do: one channel for all.
	shared := make(chan os.Signal, 1)
	signal.Notify(shared, syscall.SIGTERM, syscall.SIGUSR1)

	for range 10_000 {
		send(t, syscall.SIGTERM)
	}
	await(t, "the storm", func() bool { return len(shared) == 1 })
	send(t, syscall.SIGUSR1)

	heard := map[syscall.Signal]bool{}
	for !heard[syscall.SIGTERM] || !heard[syscall.SIGUSR1] {
		heard[next(t, in)] = true
	}
	signal.Stop(shared)
	if sig := <-shared; sig != syscall.SIGTERM || len(shared) != 0 {
		t.Errorf("a shared channel gave %v and holds %d more; it was to hide SIGUSR1", sig, len(shared))
	}
}

func TestASecondSignalOfAKindCountsThoughNobodyReadTheFirst(t *testing.T) {
	in := listen(t)
	slot := in.slots[syscall.SIGTERM]
	for n := 1; n <= 2; n++ {
		probe := make(chan os.Signal, 1)
		signal.Notify(probe, syscall.SIGTERM)
		send(t, syscall.SIGTERM)
		<-probe
		signal.Stop(probe) // after this the slot has it too
		if n == 1 {
			await(t, "the relay to take the first", func() bool { return len(slot) == 0 })
		}
	}
	first, second := next(t, in), next(t, in)
	if first != syscall.SIGTERM || second != syscall.SIGTERM {
		t.Errorf("heard %s and %s, want SIGTERM twice", Name(first), Name(second))
	}
}

func TestAddingTwiceHearsOnce(t *testing.T) {
	in := Listen()
	in.Add(syscall.SIGTERM, syscall.SIGUSR1)
	in.Add(syscall.SIGUSR1)
	in.C()
	send(t, syscall.SIGUSR1)
	if got := next(t, in); got != syscall.SIGUSR1 {
		t.Errorf("heard %s, want SIGUSR1", Name(got))
	}
	if unread := in.Stop(); len(unread) != 0 {
		t.Errorf("one SIGUSR1 was heard again: %v", unread)
	}
}

func TestStopReturnsWhatNobodyRead(t *testing.T) {
	in := Listen()
	in.Add(syscall.SIGUSR1)
	in.C()
	probe := make(chan os.Signal, 1)
	signal.Notify(probe, syscall.SIGUSR1)
	defer signal.Stop(probe)
	send(t, syscall.SIGUSR1)
	<-probe
	if got := in.Stop(); !slices.Equal(got, []syscall.Signal{syscall.SIGUSR1}) {
		t.Errorf("Stop() = %v, want SIGUSR1", got)
	}
	if _, open := <-in.C(); open {
		t.Error("C is open after Stop")
	}
}

func TestAfterStopTheDefaultActionIsBack(t *testing.T) {
	cmd := child(t, "stopped", `exec "$0"`)
	lines := start(t, cmd)
	cmd.Process.Signal(syscall.SIGTERM)
	rest(t, lines)
	wantKilledBy(t, cmd.Wait(), syscall.SIGTERM)
}

func TestIgnoredWhenWeStartedStaysIgnored(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) || signal.Ignored(syscall.SIGINT) {
		t.Skip("SIGHUP or SIGINT is ignored already, and a shell cannot undo that (POSIX, trap)")
	}
	for _, c := range []struct {
		shell   string
		ignored syscall.Signal
	}{
		{`trap '' HUP; exec "$0"`, syscall.SIGHUP},
		{`trap '' INT; exec "$0"`, syscall.SIGINT},
		{`trap '' TERM QUIT; exec "$0"`, 0}, // only nohup's and a shell's & count
		{`exec "$0"`, 0},                    // the negative control
	} {
		cmd := child(t, "hear", c.shell)
		lines := start(t, cmd)
		for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
			cmd.Process.Signal(sig)
			if sig == c.ignored {
				continue
			}
			if got, err := lines.ReadString('\n'); got != Name(sig)+"\n" || err != nil {
				t.Errorf("after %s the child heard %q, %v, want %s", c.shell, got, err, Name(sig))
			}
		}
		if more, err := rest(t, lines), cmd.Wait(); more != "" || err != nil {
			t.Errorf("after %s the child heard %q too and ended with %v", c.shell, more, err)
		}
	}
}

func TestAWriteToABrokenPipeIsAnErrorAndNotTheEnd(t *testing.T) {
	got, err := writeToBrokenPipe(t)
	if err != nil || !strings.HasSuffix(got, "broken pipe") {
		t.Errorf("listening: %q, %v; want a broken pipe and no error", got, err)
	}
	_, err = writeToBrokenPipe(t, "SIGNALS_DEAF=yes") // the negative control
	wantKilledBy(t, err, syscall.SIGPIPE)
}

// writeToBrokenPipe runs the child "write" and returns its words on stderr.
func writeToBrokenPipe(t *testing.T, env ...string) (string, error) {
	t.Helper()
	cmd := child(t, "write", `exec "$0" 3>&1 >&2 2>&3`) // so that start reads its stderr
	cmd.Env = append(cmd.Env, env...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = writer
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	lines := start(t, cmd)
	writer.Close()
	reader.Close()
	stdin.Close()
	return rest(t, lines), cmd.Wait()
}

func TestChildrenKeepTheDefaultActionOfSIGPIPE(t *testing.T) {
	out, err := child(t, "parent", `exec "$0"`).Output()
	if got, want := string(out), "signal: broken pipe\n"; got != want || err != nil {
		t.Errorf("the grandchild: %q, %v; want %q", got, err, want)
	}
}

func wantKilledBy(t *testing.T, err error, sig syscall.Signal) {
	t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != sig {
		t.Errorf("the child ended with %v, want %s", err, Name(sig))
	}
}

func BenchmarkListenAndStop(b *testing.B) {
	for b.Loop() {
		Listen().Stop()
	}
}
