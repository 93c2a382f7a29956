package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// clock is an instance that shows that all goes on.
const clock = "clock: while :; do echo tick; sleep 0.05; done\n"

func TestAShortageOfFilesPasses(t *testing.T) {
	s := under(t, "web: sleep 1000\n"+clock, `ulimit -n 45; exec "$@"`, "start", "--socket", "socket")
	s.start()
	s.waitForLines("started with pid", 2)
	var clients []net.Conn
	s.short(`.*: too many open files: the limit is 45 \(ulimit -n\)`, func() {
		for range 45 {
			c, err := net.Dial("unix", filepath.Join(s.Dir, "socket"))
			must(t, err)
			clients = append(clients, c)
		}
		open := func() bool { return s.openFiles() >= 45 }
		if !within(patience, open) {
			t.Errorf("it has %d files open, want 45", s.openFiles())
		}
	}, func() {
		for _, c := range clients {
			c.Close()
		}
	})
}

// As root the limit of processes is a cgroup's, for others that of the user too.
func TestAShortageOfProcessesPasses(t *testing.T) {
	t.Run("pids.max", func(t *testing.T) {
		group := pidsCgroup(t)
		s := under(t, "web: sleep 1000\n", `echo $$ >`+group+`/cgroup.procs; exec "$@"`, "start")
		s.start()
		s.waitForLines("started with pid", 1)
		s.short(`cannot run "`+look("sleep")+`": resource temporarily unavailable: the limit is 1 \(pids\.max in `+group+`\)`,
			func() { set(t, group, "1") }, func() { set(t, group, "max") })
	})
	t.Run("ulimit -u", func(t *testing.T) {
		s := nobodys(t, "web: sleep 1000\n", `exec $as_nobody prlimit --nproc=1000: "$@"`, "start")
		s.start()
		s.waitForLines("started with pid", 1)
		s.short(`cannot run "`+look("sleep")+`": resource temporarily unavailable: the limit is 1 \(ulimit -u\)`,
			func() { s.limit("--nproc=1:") }, func() { s.limit("--nproc=900:") })
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
		s.wantSaid(fmt.Sprintf(refused, "pids.max in "+group))
	})
	t.Run("ulimit -u", func(t *testing.T) {
		s := nobodys(t, "web: sleep 1000\n", `exec $as_nobody prlimit --nproc=60: "$@"`, "start", "web=100")
		s.start()
		s.end("1")
		s.wantSaid(fmt.Sprintf(refused, "ulimit -u"))
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
	if !within(patience, func() bool { return s.instance("web.1").Launch > 3 }) {
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

// short lets web.1 die during a shortage, whose reason is said while clock goes on, and sees
// it launched again afterwards, which is the control.
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
	s.wantSaid(`(?m) \| web\.1 cannot be launched: ` + reason + ", " + next + ` \S+( \(\w+ short life\))?$`)
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

func (s *trial) openFiles() int {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.Process.Pid))
	return len(entries)
}

// row is a line of ps.
type row struct {
	Instance    string
	PID, Launch int
}

func (s *trial) instance(name string) row {
	s.t.Helper()
	out, err := s.ask("ps", "-o", "json")
	must(s.t, err)
	var all []row
	must(s.t, json.Unmarshal(out, &all))
	i := slices.IndexFunc(all, func(r row) bool { return r.Instance == name })
	if i < 0 {
		s.t.Fatalf("ps does not have %s: %s", name, out)
	}
	return all[i]
}

// ask is a client.
func (s *trial) ask(args ...string) ([]byte, error) {
	cmd := exec.Command("supervise", args...)
	cmd.Dir, cmd.Env = s.Dir, s.Env
	return cmd.Output()
}

// wantSaid compares what was said with a pattern.
func (s *trial) wantSaid(pattern string) {
	s.t.Helper()
	if !regexp.MustCompile(pattern).Match(s.said()) {
		s.t.Errorf("it says\n%s\nwant\n%s", s.said(), pattern)
	}
}
