package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A reader does what a page says, in a folder with nothing but the programs of
// readerPrograms. Each command is typed into a shell of its own and must end with 0,
// unless echo $? comes next.
//
//   - `cat FILE` of a file that is not there creates it as shown.
//   - `supervise start` and `supervise logs -f` stay in a terminal of their own, until
//     ^C or the end of the page. Each line shown must come, in any order.
//   - The ports 5000 to 5999, 8080 and 9090 are a page's names for ports of the reader.
type reader struct {
	*testing.T
	dir, base string
	env       []string
	open      []*terminal
	last      int // exit code
	complain  func(format string, args ...any)
}

// readerPrograms are shell scripts by their path: in bin, which is in PATH.
var readerPrograms = map[string]string{
	"bin/rails": `echo "bin/rails $*"`,
	"bin/rake":  `echo "rake $*"`,
	"bin/bundle": `case $2 in
puma) exec child say "* Listening on http://127.0.0.1:$PORT" listen "$PORT" on SIGTERM "- Goodbye!" 0 hold ;;
sidekiq)
	[ "$PS" = worker.3 ] && [ ! -e crashed ] && exec child create crashed say "out of memory" exit 1
	exec child on SIGTERM bye 0 hold ;;
esac`,
	"bin/tailwindcss": `echo "Done in 12ms"; cat; echo "tailwindcss: end of file"`,
}

func newReader(t *testing.T, app string, env ...string) *reader {
	t.Helper()
	dir, err := os.MkdirTemp("", "page") // short: the path of a socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := &reader{T: t, dir: dir, base: claimThousand(t)}
	r.complain = func(format string, args ...any) { t.Helper(); t.Errorf(format, args...) }
	r.env = append(os.Environ(), "WORK="+dir, "HOME="+dir, "PATH="+dir+"/bin:"+os.Getenv("PATH"),
		"XDG_RUNTIME_DIR="+dir+"/.run", "SUPERVISE_PORT="+r.base+"000", "GORACE=atexit_sleep_ms=0")
	r.env = append(r.env, env...)
	t.Cleanup(func() { census(t, "WORK="+dir) })
	for _, folder := range []string{"bin", ".run"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range readerPrograms {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(app, filepath.Join(dir, "bin/hello")); err != nil {
		t.Fatal(err)
	}
	return r
}

// claimThousand claims the ports N000 to N999 and gives N, as freeport does.
func claimThousand(t *testing.T) string {
	t.Helper()
	for n := 10; n < 32; n++ {
		if claimed, err := net.Listen("tcp", fmt.Sprintf(":%d999", n)); err == nil {
			t.Cleanup(func() { claimed.Close() })
			return strconv.Itoa(n)
		}
	}
	t.Fatal("every thousand ports from 10000 to 31999 is taken")
	return ""
}

func (r *reader) follow(blocks []block) {
	r.Helper()
	for _, b := range blocks {
		if b.language != "console" {
			continue
		}
		for _, s := range b.steps() {
			r.do(s)
		}
	}
	for _, t := range r.open {
		r.interrupt(t, step{command: "the end of the page"})
	}
}

var staysOpen = regexp.MustCompile(`^([A-Z_]+=\S+ )*supervise (start|logs -f)[^;&|]*$`)

func (r *reader) do(s step) {
	r.Helper()
	if name, isCat := strings.CutPrefix(s.command, "cat "); isCat && r.create(name, s.shows) {
		return
	}
	t := r.start(s.command)
	if staysOpen.MatchString(s.command) {
		r.watch(t, s)
		return
	}
	if !within(patience, t.hasEnded) {
		r.complain("line %d: %s does not end", s.line, s.command)
		r.interrupt(t, s)
		return
	}
	r.last = t.code()
	output := r.output(t, 0)
	if r.last != 0 && !s.failureShown {
		r.complain("line %d: %s ended with %d:\n%s", s.line, s.command, r.last, output)
	}
	if len(s.shows) > 0 && !looksLike(s.shows, output) {
		r.complain("line %d: %s printed\n%s\nand not\n%s", s.line, s.command, output, strings.Join(s.shows, "\n"))
	}
}

func (r *reader) create(name string, lines []string) bool {
	file := filepath.Join(r.dir, name)
	if _, err := os.Stat(file); err == nil {
		return false
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		r.Fatal(err)
	}
	return true
}

// watch waits for what a terminal shows, and presses Ctrl-C if the page does.
func (r *reader) watch(t *terminal, s step) {
	r.Helper()
	seen := func() bool { return len(missing(s.shows, r.output(t, 0))) == 0 }
	within(patience, func() bool { return t.hasEnded() || seen() })
	if !seen() {
		r.complain("line %d: %s did not print %q, but\n%s", s.line, s.command, missing(s.shows, r.output(t, 0)), r.output(t, 0))
	}
	if !s.interrupted {
		r.open = append(r.open, t)
		return
	}
	before := len(r.output(t, 0))
	r.interrupt(t, s)
	if lost := missing(s.showsThen, r.output(t, before)); lost != nil {
		r.complain("line %d: after Ctrl-C %s did not print %q, but\n%s", s.line, s.command, lost, r.output(t, before))
	}
}

// A terminal is a shell with one command, in a process group of its own.
type terminal struct {
	*exec.Cmd
	file  string
	ended chan struct{}
}

func (r *reader) start(command string) *terminal {
	r.Helper()
	out, err := os.CreateTemp(filepath.Join(r.dir, ".run"), "out")
	if err != nil {
		r.Fatal(err)
	}
	defer out.Close()
	typed := fmt.Sprintf("(exit %d)\n%s", r.last, r.ported(command))
	if staysOpen.MatchString(command) {
		typed = r.ported(command)
	}
	t := &terminal{exec.Command("bash", "-c", typed), out.Name(), make(chan struct{})}
	t.Dir, t.Env, t.Stdout, t.Stderr = r.dir, r.env, out, out
	t.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := t.Start(); err != nil {
		r.Fatal(err)
	}
	go func() {
		t.Wait() // how it ended is in its ProcessState
		close(t.ended)
	}()
	return t
}

// interrupt presses Ctrl-C, and kills what does not care.
func (r *reader) interrupt(t *terminal, s step) {
	r.Helper()
	syscall.Kill(-t.Process.Pid, syscall.SIGINT)
	if !within(patience, t.hasEnded) {
		r.complain("line %d: Ctrl-C at %s does not end %s", s.line, s.command, t.Args)
		syscall.Kill(-t.Process.Pid, syscall.SIGKILL)
		<-t.ended
	}
	r.last = t.code()
}

// code is the exit code as a shell tells it.
func (t *terminal) code() int {
	if status := t.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return t.ProcessState.ExitCode()
}

func (t *terminal) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// output is what a terminal has shown behind its first so many bytes, with the ports
// that the page has.
func (r *reader) output(t *terminal, after int) string {
	text, err := os.ReadFile(t.file)
	if err != nil {
		r.Fatal(err)
	}
	shown := strings.NewReplacer(r.base+"980", "8080", r.base+"990", "9090").Replace(string(text))
	shown = regexp.MustCompile(`\b`+r.base+`(\d{3})\b`).ReplaceAllString(shown, "5$1")
	return strings.ReplaceAll(shown, r.dir, "/app")[min(after, len(shown)):]
}

var pagePort = regexp.MustCompile(`\b5(\d{3})\b`)

func (r *reader) ported(command string) string {
	return strings.NewReplacer("8080", r.base+"980", "9090", r.base+"990").Replace(pagePort.ReplaceAllString(command, r.base+"$1"))
}
