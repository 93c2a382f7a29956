package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// clock is an instance that shows that all goes on.
const clock = "clock: while :; do echo tick; sleep 0.05; done\n"

func TestAShortageOfFilesPasses(t *testing.T) {
	need(t, "prlimit", "true")
	s := startIn(t, "web: sleep 1000\n"+clock, "start")
	s.waitForLines("started with pid", 2)
	s.short("cannot make the output pipes of web.1: pipe2: too many open files: the limit is 3 (ulimit -n)",
		func() { s.limit("--nofile=3:") }, func() { s.limit("--nofile=1000:") })
}

// As root the limit of processes is a cgroup's, for others that of the user too.
func TestAShortageOfProcessesPasses(t *testing.T) {
	t.Run("pids.max", func(t *testing.T) {
		group := pidsCgroup(t)
		s := under(t, "web: sleep 1000\n"+clock, `echo $$ >`+group+`/cgroup.procs; exec "$@"`, "start")
		s.start()
		s.waitForLines("started with pid", 2)
		s.short(`cannot run "`+look("sleep")+`": resource temporarily unavailable: the limit is 1 (pids.max in `+group+`)`,
			func() { set(t, group, "1") }, func() { set(t, group, "max") })
	})
	t.Run("ulimit -u", func(t *testing.T) {
		s := nobodys(t, "web: sleep 1000\n", `exec $as_nobody prlimit --nproc=1000: "$@"`, "start")
		s.start()
		s.waitForLines("started with pid", 1)
		s.short(`cannot run "`+look("sleep")+`": resource temporarily unavailable: the limit is 1 (ulimit -u)`,
			func() { s.limit("--nproc=1:") }, func() { s.limit("--nproc=1000:") })
	})
}

func TestAStartThatNeedsTooManyProcessesIsRefused(t *testing.T) {
	const refused = `^supervise: cannot run 100 instances: they need 1\d\d processes and threads, and the limit is 60 \(%s\); [1-9]\d? fit
  hint: 1 for each and \d+ for all else; raise the limit .*\n$`
	t.Run("pids.max", func(t *testing.T) {
		group := pidsCgroup(t)
		set(t, group, "60")
		s := under(t, "web: sleep 1000\n", `echo $$ >`+group+`/cgroup.procs; exec "$@"`, "start", "web=100")
		s.start()
		s.end("1")
		s.wantAll(fmt.Sprintf(refused, "pids.max in "+group))
	})
	t.Run("ulimit -u", func(t *testing.T) {
		s := nobodys(t, "web: sleep 1000\n", `exec $as_nobody prlimit --nproc=60: "$@"`, "start", "web=100")
		s.start()
		s.end("1")
		s.wantAll(fmt.Sprintf(refused, "ulimit -u"))
	})
}

// What the kernel refuses for a while is tried again, and all else goes on meanwhile.
func TestWhatTheKernelRefusesIsTriedAgain(t *testing.T) {
	for _, tt := range []struct{ call, errno, want string }{
		{"clone", "ENOMEM", `cannot run "` + look("sleep") + `": cannot allocate memory: the limit is \d+ \(.*mem.*\)`},
		{"clone", "EAGAIN", `cannot run "` + look("sleep") + `": resource temporarily unavailable: the limit is \d+ \(.*\)`},
		{"pipe2", "ENFILE", `cannot make the output pipes of web\.1: pipe2: too many open files in system: the limit is \d+ \(fs\.file-max\)`},
	} {
		t.Run(tt.call+" "+tt.errno, func(t *testing.T) {
			s := startIn(t, "web: sleep 1000\n"+clock, "start")
			s.waitForLines("started with pid", 2)
			var release func()
			s.short(tt.want, func() { release = s.inject(tt.call, tt.errno) }, func() { release() })
		})
	}
}

func TestAProgramThatIsBeingWrittenIsTriedAgainAndSaidSoOnce(t *testing.T) {
	s := prepare(t, "web: ./busy 1000\n"+clock, "start")
	program, err := os.ReadFile(look("sleep"))
	must(t, err)
	write(t, filepath.Join(s.Dir, "busy"), string(program))
	file, err := os.OpenFile(filepath.Join(s.Dir, "busy"), os.O_WRONLY, 0)
	must(t, err)
	defer file.Close()
	s.start()
	const line = `web.1 cannot be launched: cannot run "./busy": somebody is writing it (text file busy), trying again in `
	s.waitForLines(line, 1)
	if !within(patience, func() bool { return s.launches("web.1") > 3 }) {
		t.Errorf("there is no fourth attempt:\n%s", s.said())
	}
	if s.lines(line) != 1 {
		t.Errorf("it is not said once:\n%s", s.said())
	}
	file.Close()
	s.waitForLines("web.1 started with pid", 1)
	s.send(syscall.SIGTERM)
	s.end("0")
}

func TestAFolderThatComesBackIsEntered(t *testing.T) {
	s := prepare(t, "", "start", "-d", "app", "--give-up", "0")
	app := filepath.Join(s.Dir, "app")
	must(t, os.Mkdir(app, 0o700))
	must(t, os.WriteFile(filepath.Join(app, "Procfile"), []byte("web: sleep 1000\n"+clock), 0o600))
	s.start()
	s.waitForLines("started with pid", 2)
	s.shortAs("restarting in", `cannot enter the folder "`+app+`" to run "sleep": no such file or directory`,
		func() { must(t, os.RemoveAll(app)) }, func() { must(t, os.Mkdir(app, 0o700)) })
}

// short lets web.1 die during a shortage, which is named while clock goes on, and sees it
// launched again afterwards, which is the control.
func (s *trial) short(reason string, begin, end func()) {
	s.t.Helper()
	s.shortAs("trying again in", reason, begin, end)
}

func (s *trial) shortAs(next, reason string, begin, end func()) {
	s.t.Helper()
	web, started := s.pid("web.1"), s.lines("web.1 started with pid")
	begin()
	must(s.t, syscall.Kill(web, syscall.SIGKILL))
	s.waitForLines("web.1 cannot be launched: ", 1)
	line := regexp.MustCompile(`(?m)web\.1 cannot be launched: .*$`).FindString(string(s.said()))
	want := "web.1 cannot be launched: " + reason + ", " + next + " "
	if pattern := "^web\\.1 cannot be launched: " + reason + ", " + next + " "; !strings.HasPrefix(line, want) && !regexp.MustCompile(pattern).MatchString(line) {
		s.t.Errorf("it says\n%s\nwant\n%s", line, want)
	}
	if ticks := s.lines("| tick"); ticks > 0 {
		s.waitForLines("| tick", ticks+3)
	}
	end()
	s.waitForLines("web.1 started with pid", started+1)
	s.send(syscall.SIGTERM)
	s.end("0")
}

// pid is that of an instance's last launch.
func (s *trial) pid(instance string) int {
	s.t.Helper()
	all := regexp.MustCompile(regexp.QuoteMeta(instance)+` started with pid (\d+)`).FindAllSubmatch(s.said(), -1)
	if len(all) == 0 {
		s.t.Fatalf("%s has not started:\n%s", instance, s.said())
	}
	pid, _ := strconv.Atoi(string(all[len(all)-1][1]))
	return pid
}

// launches is how many attempts there were to launch an instance.
func (s *trial) launches(instance string) int {
	out, err := s.ask("ps", "-o", "json")
	var all []struct {
		Instance string
		Launch   int
	}
	if err == nil {
		err = json.Unmarshal(out, &all)
	}
	must(s.t, err)
	for _, i := range all {
		if i.Instance == instance {
			return i.Launch
		}
	}
	return 0
}

// ask is a client.
func (s *trial) ask(args ...string) ([]byte, error) {
	cmd := exec.Command("supervise", args...)
	cmd.Dir, cmd.Env = s.Dir, s.Env
	return cmd.Output()
}

// wantAll compares all that was said, as a pattern.
func (s *trial) wantAll(pattern string) {
	s.t.Helper()
	if !regexp.MustCompile(pattern).Match(s.said()) {
		s.t.Errorf("it says\n%s\nwant\n%s", s.said(), pattern)
	}
}

// under is supervise in what a shell has prepared, with the program as $1.
func under(t *testing.T, procfile, script string, args ...string) *trial {
	t.Helper()
	s := prepare(t, procfile, args...)
	s.Args = append([]string{"sh", "-c", script, "sh", s.Path}, args...)
	s.Path = "/bin/sh"
	return s
}

// nobodys is the same for a script that becomes another user, by $as_nobody.
func nobodys(t *testing.T, procfile, script string, args ...string) *trial {
	t.Helper()
	uid := strconv.Itoa(4_000_000_100 + os.Getpid()) // whose processes are this test's alone
	setpriv := "setpriv --reuid=" + uid + " --regid=" + uid + " --clear-groups"
	need(t, "sh", "-c", setpriv+" prlimit --nproc=1000: true")
	program := build(t)
	must(t, os.Chmod(filepath.Dir(filepath.Dir(program)), 0o755))
	s := under(t, procfile, "as_nobody='"+setpriv+"'; "+script, args...)
	s.Args[4] = program
	s.Env = append(s.Env, "TMPDIR="+s.Dir, "XDG_RUNTIME_DIR=")
	must(t, os.Chmod(filepath.Dir(s.Dir), 0o755))
	must(t, os.Chmod(s.Dir, 0o777))
	must(t, os.Chmod(filepath.Join(s.Dir, "Procfile"), 0o644))
	return s
}

// limit sets a soft limit of a supervise that runs.
func (s *trial) limit(what string) {
	s.t.Helper()
	if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.Process.Pid), what).CombinedOutput(); err != nil {
		s.t.Fatalf("prlimit %s: %v\n%s", what, err, out)
	}
}

// inject lets the kernel refuse a system call until release.
func (s *trial) inject(call, errno string) (release func()) {
	s.t.Helper()
	need(s.t, "strace", "-e", "inject=getppid:error=EPERM", "true")
	strace := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-p", strconv.Itoa(s.Process.Pid),
		"-e", "trace="+call, "-e", "inject="+call+":error="+errno)
	must(s.t, strace.Start())
	if !within(patience, s.traced) {
		s.t.Error("strace does not get hold of it")
	}
	return func() {
		strace.Process.Signal(syscall.SIGINT) // it lets go and ends
		strace.Wait()
	}
}

// traced tells whether every thread is.
func (s *trial) traced() bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.Process.Pid))
	for _, file := range files {
		if status, _ := os.ReadFile(file); strings.Contains(string(status), "\nTracerPid:\t0\n") {
			return false
		}
	}
	return true
}

// pidsCgroup makes a cgroup with a limit of processes, of either version.
func pidsCgroup(t *testing.T) (group string) {
	t.Helper()
	for _, root := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup"} {
		group = filepath.Join(root, fmt.Sprintf("supervise-test-%d-%d", os.Getpid(), len(t.Name())))
		if os.Mkdir(group, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			if !within(patience, func() bool { return os.Remove(group) == nil }) {
				t.Errorf("%s is still there", group)
			}
		})
		if _, err := os.Stat(filepath.Join(group, "pids.max")); err == nil {
			return group
		}
	}
	t.Skip("needs a cgroup hierarchy with pids that can be written to")
	return ""
}

func set(t *testing.T, group, pids string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(group, "pids.max"), []byte(pids), 0))
}

// need skips the test where a program does not run as it should.
func need(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Skipf("needs %s: %v %s", argv, err, out)
	}
}

// look finds a program as supervise does.
func look(program string) string {
	path, _ := exec.LookPath(program)
	return path
}
