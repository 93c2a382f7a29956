package procfile

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// asCommand makes the test binary play a command: it prints what it was given.
const asCommand = "PROCFILE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		fmt.Println(given(os.Args, os.Environ()))
		return
	}
	os.Exit(m.Run())
}

// given is what a command can see of how it was started, on one line. What shells
// add for themselves is left out.
func given(argv, environ []string) string {
	environ = slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"_", "PWD", "OLDPWD", "SHLVL"}, name)
	})
	slices.Sort(environ)
	return fmt.Sprintf("%q %q", argv, environ)
}

// shells are those of this machine that are /bin/sh somewhere: on Debian and Ubuntu, on
// macOS and the other Linuxes, on Alpine, on Android.
func shells(tb testing.TB) map[string][]string {
	tb.Helper()
	found := map[string][]string{"sh": {"/bin/sh"}}
	for _, argv := range [][]string{{"dash"}, {"bash", "--posix"}, {"busybox", "sh"}, {"mksh"}} {
		if path, err := exec.LookPath(argv[0]); err == nil {
			found[argv[0]] = append([]string{path}, argv[1:]...)
		}
	}
	if same, err := filepath.EvalSymlinks("/bin/sh"); err == nil {
		delete(found, filepath.Base(same))
	}
	return found
}

// shellBench is a folder in which every command is the test binary.
type shellBench struct {
	dir       string
	variables map[string]string
}

// newShellBench has variables whose values are hard on whoever expands them.
func newShellBench(tb testing.TB) *shellBench {
	tb.Helper()
	b := &shellBench{dir: tb.TempDir()}
	b.variables = map[string]string{
		asCommand: "1", "GORACE": "atexit_sleep_ms=0", "PATH": b.dir,
		"HOME": "/home/me", "PORT": "5000", "A": "one", "EMPTY": "", "BLANKS": " a  b ", "STAR": "*", "TILDE": "~:~/x",
		"BACKSLASH": `a\b`, "NEWLINE": "a\nb\n", "ACCENT": "é", "BYTES": "a\xff\x81b", "CONTROL": "a\x01\x7fb",
		"SIGNS": "a'b\"c;d&e|f(g)<h>#i!j^k%l@m,n=o{p,q}r`s$A${A}$(t)", "HASH": "#", "DASH": "-n",
		"BANG": "!", "ASSIGN": "A=two", "CMD": "app", "BUILTIN": "cd", "DOT": ".", "lower": "x",
	}
	if !b.install("app") {
		tb.Fatal("cannot install a command")
	}
	return b
}

func (b *shellBench) lookup(name string) (string, bool) {
	value, ok := b.variables[name]
	return value, ok
}

// environ is the environment of a command with some additions.
func (b *shellBench) environ(additions []string) []string {
	all := make(map[string]string)
	for name, value := range b.variables {
		all[name] = value
	}
	for _, entry := range additions {
		name, value, _ := strings.Cut(entry, "=")
		all[name] = value
	}
	var environ []string
	for name, value := range all {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// install makes a command of that name, unless that would be outside the folder.
func (b *shellBench) install(name string) bool {
	if !filepath.IsLocal(name) || strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.") || name == "." {
		return false
	}
	path := b.dir + "/" + name
	if info, err := os.Lstat(path); err == nil {
		return !info.IsDir()
	}
	binary, err := os.Executable()
	return err == nil && os.MkdirAll(filepath.Dir(path), 0o700) == nil && os.Symlink(binary, path) == nil
}

// differences runs those commands in a shell that words wants executed directly, and
// tells where the shell gave them something else. It counts them, too.
func (b *shellBench) differences(tb testing.TB, shell []string, words wordsFunc, commands ...string) (found []string, direct int) {
	tb.Helper()
	var script strings.Builder
	var tried, want []string
	for _, command := range commands {
		c := words(command, b.lookup)
		if c.Shell || !b.install(c.Argv[0]) {
			continue
		}
		fmt.Fprintf(&script, "%s\necho %s\n", command, shellMark)
		tried, want = append(tried, command), append(want, given(c.Argv, b.environ(c.Env))+"\n")
	}
	if len(tried) == 0 {
		return nil, 0
	}
	got := strings.Split(b.run(tb, shell, script.String()), shellMark+"\n")
	for i, command := range tried {
		if i >= len(got) || got[i] != want[i] {
			found = append(found, fmt.Sprintf("%q\n got %s\nwant %s", command, got[min(i, len(got)-1)], want[i]))
		}
	}
	return found, len(tried)
}

// shellMark stands between the outputs of two commands.
const shellMark = "--"

type wordsFunc func(command string, lookup func(string) (string, bool)) Command

func (b *shellBench) run(tb testing.TB, shell []string, script string) string {
	tb.Helper()
	// One command goes through -c as it will in earnest; many do not fit.
	cmd := exec.CommandContext(tb.Context(), shell[0], append(shell[1:], "-c", script)...)
	if strings.Count(script, shellMark+"\n") > 1 {
		file := filepath.Join(tb.TempDir(), "script")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			tb.Fatal(err)
		}
		cmd.Args = append(append([]string{shell[0]}, shell[1:]...), file)
	}
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.environ(nil), &stdout, &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		tb.Logf("%s: %v: %s", shell[0], err, stderr.String())
	}
	return stdout.String()
}
