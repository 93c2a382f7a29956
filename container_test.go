package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestInAContainer makes an image of nothing but supervise, the child program and a
// Procfile, and has podman run it, in which supervise is PID 1.
func TestInAContainer(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("podman"); err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: supervise in a real container; it takes root, podman and runc")
	}
	image := makeImage(t)
	if out, err := podman(slices.Concat(inside, []string{image, "version"})...).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: supervise in a real container; podman runs none here: %v\n%s", err, out)
	}
	for name, story := range map[string]func(*testing.T, string){
		"StopDrains":                  containerStop,
		"KillLeavesNothing":           containerKill,
		"OrphansOfStrangersAreReaped": containerReaps,
		"StrangersAreStopped":         containerStrangers,
		"CtrlCDrains":                 containerCtrlC,
		"AOneOffPassesItsExitCode":    containerOneOff,
		"ACrashLoopEndsTheContainer":  containerGivesUp,
		"WithoutUsTheyAreZombies":     containerControl,
	} {
		t.Run(name, func(t *testing.T) { story(t, image) })
	}
}

const containerProcfile = `web: child on TERM bye 0 say up hold
deaf: child ignore TERM fork ignore TERM hold end daemon ignore TERM hold end say up hold
fails: child exit 7
`

// containerStop: docker stop, and every orchestrator, sends SIGTERM and waits for 10 s.
func containerStop(t *testing.T, image string) {
	c := startContainer(t, image, "start", "web", "deaf", "--timeout", "deaf=300ms")
	c.waitForLines("| up", 2)
	c.podman("stop", "--time", "10", c.name())
	c.end("0")
	if c.lines("| bye") != 1 {
		t.Errorf("it did not drain:\n%s", c.said())
	}
}

// containerKill: with PID 1 the kernel ends everybody.
func containerKill(t *testing.T, image string) {
	c := startContainer(t, image, "start", "web", "deaf")
	c.waitForLines("| up", 2)
	c.podman("kill", "--signal", "KILL", c.name())
	c.end("137")
	if c.lines("| bye") != 0 {
		t.Errorf("it did drain:\n%s", c.said())
	}
}

func containerReaps(t *testing.T, image string) {
	c := startContainer(t, image, "start", "web")
	c.waitForLines("| up", 1)
	c.podman(append([]string{"exec", c.name(), "child"}, orphans...)...)
	init := strings.TrimSpace(c.podman("inspect", "--format", "{{.State.Pid}}", c.name()))
	if !within(patience, func() bool { return len(zombies(init)) == 0 }) {
		t.Errorf("PID 1 has the zombies %v", zombies(init))
	}
	c.podman("stop", c.name())
	c.end("0")
	if c.lines("system | ") > 4 {
		t.Errorf("it says too much of strangers:\n%s", c.said())
	}
}

// orphans is a command that leaves fifty.
var orphans = append(slices.Concat(slices.Repeat([][]string{{"daemon", "exit", "0", "end"}}, 50)...), "exit", "0")

// containerControl is the control of containerReaps: an app that is PID 1 itself.
func containerControl(t *testing.T, image string) {
	c := prepareContainer(t, image, "say", "| up", "hold")
	c.Args = slices.Insert(c.Args, slices.Index(c.Args, image), "--entrypoint", "child")
	c.start()
	c.waitForLines("| up", 1)
	c.podman(append([]string{"exec", c.name(), "child"}, orphans...)...)
	init := strings.TrimSpace(c.podman("inspect", "--format", "{{.State.Pid}}", c.name()))
	if !within(patience, func() bool { return len(zombies(init)) == 50 }) {
		t.Errorf("PID 1 has %d zombies, want 50", len(zombies(init)))
	}
	c.podman("kill", c.name())
	c.end("137")
}

func containerStrangers(t *testing.T, image string) {
	c := startContainer(t, image, "start", "web")
	c.waitForLines("| up", 1)
	strangers := map[string]*trial{}
	for heard, steps := range map[string][]string{
		"heard SIGHUP":  {"ignore", "TERM", "on", "HUP", "heard SIGHUP", "0"},
		"heard SIGTERM": {"ignore", "HUP", "on", "TERM", "heard SIGTERM", "0"},
		"":              {"ignore", "HUP", "ignore", "TERM"},
	} {
		s := prepare(t, "")
		command := podman(slices.Concat([]string{"exec", "--env", s.tag(), c.name(), "child"}, steps, []string{"say", "up", "hold"})...)
		s.Path, s.Args = command.Path, command.Args
		s.start()
		s.waitForLines("up", 1)
		strangers[heard] = s
	}
	begin := time.Now()
	c.podman("stop", "--time", "10", c.name())
	c.end("0")
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v to stop strangers who have 1s", took)
	}
	for heard, s := range strangers {
		<-s.ended
		if !bytes.Contains(s.said(), []byte(heard)) {
			t.Errorf("a stranger says %q, want %q", s.said(), heard)
		}
	}
}

func containerCtrlC(t *testing.T, image string) {
	c := prepareContainer(t, image, "start", "web")
	c.Args = slices.Insert(c.Args, slices.Index(c.Args, image), "--interactive", "--tty")
	s := &session{t: t, cmd: c.Cmd, closed: make(chan struct{})}
	var err error
	s.master, err = pty.Start(s.cmd)
	must(t, err)
	go func() {
		io.Copy(s, s.master)
		close(s.closed)
	}()
	s.waitFor("up\n")
	s.write("\x03")
	if got := s.end(); got != "130" {
		t.Errorf("ended with %s, want 130", got)
	}
	if !strings.Contains(s.text(), "bye\n") {
		t.Errorf("it did not drain:\n%s", s.text())
	}
}

func containerOneOff(t *testing.T, image string) {
	c := startContainer(t, image, "run", "child", "daemon", "ignore", "TERM", "hold", "end", "exit", "9")
	c.end("9")
}

func containerGivesUp(t *testing.T, image string) {
	c := startContainer(t, image, "start", "fails", "--give-up", "2")
	c.end("7")
}
