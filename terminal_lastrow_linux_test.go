package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// pane is a shell at its first prompt in a terminal that is drawn, by tmux: what a test sees is
// what a user sees.
type pane struct {
	t   *testing.T
	cmd *exec.Cmd // as tmux was started, for its folder and environment
}

func inPane(t *testing.T, procfile string) *pane {
	t.Helper()
	cmd := commandIn(t, procfile, "tmux")
	if cmd.Err != nil {
		t.Skip(cmd.Err)
	}
	cmd.Env = append(cmd.Env, "PS1="+prompt, "HISTFILE=", "TMUX=", "SHELL=/bin/sh")
	p := &pane{t, cmd}
	shell := append([]string{"new-session", "-d", "-x", "60", "-y", "40"}, shells["bash"]...)
	t.Cleanup(func() { p.tmux("kill-server") })
	p.tmux(append([]string{"-f", "/dev/null"}, shell...)...)
	p.shows("", prompt)
	return p
}

// tmux tells the server of this pane alone.
func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", filepath.Join(p.cmd.Dir, "tmux")}, args...)...)
	cmd.Dir, cmd.Env = p.cmd.Dir, p.cmd.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

func (p *pane) types(keys ...string) {
	p.t.Helper()
	p.tmux(append([]string{"send-keys"}, keys...)...)
}

// shows waits until these rows are the last on the screen, below the row that contains after.
func (p *pane) shows(after string, rows ...string) {
	p.t.Helper()
	var screen, below string
	want := strings.TrimRight(strings.Join(rows, "\n"), " ")
	found := within(patience, func() bool {
		screen = strings.TrimRight(p.tmux("capture-pane", "-p"), " \n")
		below = screen
		if i := strings.LastIndex(screen, after); after != "" && i >= 0 {
			_, below, _ = strings.Cut(screen[i:], "\n")
		}
		return below == want
	})
	if !found {
		p.t.Fatalf("the screen is\n%s\n, want it to end with\n%s", screen, want)
	}
}

// fifo makes a pipe in the pane's folder for an instance to copy from.
func (p *pane) fifo(name string) *os.File {
	p.t.Helper()
	path := filepath.Join(p.cmd.Dir, name)
	if err := unix.Mkfifo(path, 0o600); err != nil {
		p.t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { f.Close() })
	return f
}

// A question waits in the last row of a real terminal, whatever happens above it and to it.
func TestTheLastRowStaysWhereAUserLooksForIt(t *testing.T) {
	p := inPane(t, "web: exec cat <>lines\nask: printf 'Do you want to go on with this? '; exec cat <>answers\n")
	lines, answers := p.fifo("lines"), p.fifo("answers")
	const question = "ask.1  | Do you want to go on with this? "
	p.types("supervise start --no-timestamp", "Enter")
	p.shows("ask.1 started", question)
	lines.WriteString("first\n")
	p.shows("ask.1 started", "web.1  | first", question)
	lines.WriteString("second\n")
	p.shows("| first", "web.1  | second", question)

	p.tmux("resize-window", "-x", "30")
	p.shows("| second", "ask.1  | Do you want to go on…")
	lines.WriteString("narrow\n")
	p.shows("| second", "web.1  | narrow", "ask.1  | Do you want to go on…")
	p.tmux("resize-window", "-x", "60")
	p.shows("| narrow", question)

	p.types("C-z")
	p.shows("| narrow", "", "[1]+  Stopped                 supervise start --no-timestamp", prompt)
	p.types("bg", "Enter")
	p.shows("> bg", "[1]+ supervise start --no-timestamp &", prompt)
	lines.WriteString("background\n")
	p.shows("start --no-timestamp &", prompt+"web.1  | background")
	p.types("fg", "Enter")
	p.shows("| background", "fg", "supervise start --no-timestamp")
	lines.WriteString("foreground\n")
	p.shows("| background", "fg", "supervise start --no-timestamp", "web.1  | foreground", question)

	answers.WriteString("yes\n")
	p.shows("| foreground", question+"yes")
	lines.WriteString("last\n")
	p.shows("| foreground", question+"yes", "web.1  | last")
	answers.WriteString("more")
	p.shows("| last", "ask.1  | more")
	p.types("C-c")
	p.shows("stopped (SIGTERM) after", prompt)
}
