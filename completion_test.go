package main

import (
	"os/exec"
	"syscall"
	"testing"
)

// Somebody types commands half in a real shell, and presses Tab.
func TestShellsCompleteTypesInstancesAndFlags(t *testing.T) {
	s := startIn(t, "web: child hold\nworker: child hold\n", "start")
	s.mustDo("wait", "--timeout", "20s")
	for _, c := range []struct {
		shell string
		args  []string
		setup string
	}{
		{"bash", []string{"--norc", "--noprofile", "-i"}, "source <(supervise completion bash)"},
		{"zsh", []string{"-f", "-i"}, "autoload -U compinit; compinit -u -D; source <(supervise completion zsh)"},
		{"fish", []string{"--no-config", "-i", "-C", "function fish_prompt; echo -n '> '; end"}, "supervise completion fish | source"},
	} {
		t.Run(c.shell, func(t *testing.T) {
			if _, err := exec.LookPath(c.shell); err != nil {
				t.Skipf("%s is missing: apt-get install %[1]s", c.shell)
			}
			shell := exec.Command(c.shell, c.args...)
			shell.Dir, shell.Env = s.Dir, append(s.Env, "HOME="+s.Dir, "PS1=> ")
			keyboard := onTerminal(t, shell, nil)
			keyboard.waitFor("> ")
			keyboard.write(c.setup + "; echo set''up\r")
			keyboard.next("setup")
			for _, line := range []struct{ typed, prints string }{
				{"supervise stop wor\t.1\r", "worker.1 down"},
				{"supervise scale wor\t2\r", "worker.2 up"},
				{"supervise scale wor\t1\r", "worker.2 gone"},
				{"supervise ps -o js\tweb\r", `"instance": "web.1"`},
				{"exit\r", ""},
			} {
				keyboard.write(line.typed)
				keyboard.next(line.prints)
			}
			keyboard.end()
		})
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}
