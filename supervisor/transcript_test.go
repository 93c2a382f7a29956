package supervisor

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the transcripts; commit the change only if you understand what caused it")

// TestTranscripts plays testdata/life/*.txt: each line is told to the machines, and
// the lines with > below it are their answer. These files are the specification.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/life/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(src))
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got != string(src) && !*update {
				t.Errorf("%s: the machines answered differently:\n%s", name, diff(string(src), got))
			}
		})
	}
}

// diff shows the first line that differs, with its neighbours.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d:\nwant %s\ngot  %s\nafter %s", i+1, w[i], g[i], strings.Join(g[max(0, i-3):i], "\n      "))
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(w), len(g))
}

// player feeds one plan from the lines of a transcript.
type player struct {
	t         *testing.T
	formation Formation
	plan      *plan
	start     time.Time
	now       time.Time
	out       *strings.Builder
}

func play(t *testing.T, src string) string {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	p := &player{t: t, start: start, now: start, out: &strings.Builder{}}
	for line := range strings.Lines(src) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, ">") {
			continue
		}
		fmt.Fprintln(p.out, line)
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			p.do(words[0], words[1:])
		}
	}
	return p.out.String()
}

func (p *player) do(verb string, args []string) {
	switch verb {
	case "type":
		p.formation.Types = append(p.formation.Types, p.processType(args))
	case "forget-types":
		p.formation.Types = nil
	case "lame-duck":
		p.formation.LameDuck = p.duration(args[0])
	case "budget":
		p.formation.StopBudget = p.duration(args[0])
	case "wait":
		p.wait(p.duration(args[0]))
	case "boot":
		p.plan = newPlan(p.formation, func() float64 { return 0 })
		p.tell(boot{})
	default:
		p.tell(p.input(verb, args))
	}
}

func (p *player) tell(in any) {
	effects, refused := p.plan.step(p.now, in)
	p.print(effects)
	if refused != nil {
		fmt.Fprintf(p.out, "> refused: %v\n", refused)
	}
}

func (p *player) print(effects []effect) {
	for _, e := range effects {
		fmt.Fprintf(p.out, "> %s\n", e)
	}
}

// wait lets time pass, from one deadline to the next.
func (p *player) wait(d time.Duration) {
	end := p.now.Add(d)
	for {
		due := p.plan.due()
		if due.IsZero() || due.After(end) {
			break
		}
		p.now = due
		fmt.Fprintf(p.out, "> at %s\n", p.now.Sub(p.start))
		p.tell(tick{})
	}
	p.now = end
}

func (p *player) duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

func (p *player) number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// input reads "exited web.1 7 left 99", "launched web.1#2" (launch 2; else the
// current one), "shutdown 130 Ctrl-C".
func (p *player) input(verb string, args []string) any {
	switch verb {
	case "shutdown":
		return Shutdown{Code: p.number(args[0]), Cause: strings.Join(args[1:], " ")}
	case "shutdown-now":
		return Shutdown{Code: p.number(args[0]), Cause: strings.Join(args[1:], " "), Now: true}
	case "resume":
		return Resume{After: p.duration(args[0])}
	}
	if in := p.command(verb, args); in != nil {
		return in
	}
	name, launch, numbered := strings.Cut(args[0], "#")
	id, err := ParseID(name)
	if err != nil {
		p.t.Fatal(err)
	}
	l := Launch{ID: id}
	if numbered {
		l.N = p.number(launch)
	} else if p.plan.lives[id] != nil {
		l.N = p.plan.lives[id].launch
	}
	return p.about(verb, l, args[1:])
}

// command reads "stop web.1 worker", "scale web=3", "scale web=+1", "restart".
func (p *player) command(verb string, args []string) any {
	switch verb {
	case "start":
		return Start{p.ids(args)}
	case "stop":
		return Stop{p.ids(args)}
	case "restart":
		return Restart{IDs: p.ids(args)}
	case "restart-all-at-once":
		return Restart{IDs: p.ids(args), AllAtOnce: true}
	case "signal":
		return Signal{p.ids(args[1:]), syscall.Signal(p.number(args[0]))}
	case "scale":
		name, n, _ := strings.Cut(args[0], "=")
		return Scale{Type: name, N: p.number(n), Relative: strings.ContainsAny(n, "+-")}
	case "adopt":
		return Adopt{Formation: p.formation}
	}
	return nil
}

func (p *player) ids(args []string) (ids []ID) {
	for _, arg := range args {
		id, err := ParseID(arg)
		if err != nil {
			id = ID{Type: arg}
		}
		ids = append(ids, id)
	}
	return ids
}

func (p *player) about(verb string, l Launch, args []string) any {
	switch verb {
	case "launched":
		return Launched{l, 100 + l.N}
	case "launch-failed":
		return p.launchFailed(l, args)
	case "exited":
		return p.exited(l, args)
	case "gone":
		return Gone{l}
	case "ready":
		return Ready{Launch: l}
	case "drained":
		return Drained{l}
	}
	p.t.Fatalf("unknown verb %q", verb)
	return nil
}

func (p *player) launchFailed(l Launch, args []string) any {
	if args[0] == "aborted" {
		return LaunchFailed{Launch: l, Err: ErrAborted}
	}
	if args[0] == "transient" {
		return LaunchFailed{Launch: l, Err: syscall.EAGAIN, Transient: true, Code: 1}
	}
	return LaunchFailed{Launch: l, Err: syscall.ENOENT, Code: p.number(args[0])}
}

func (p *player) exited(l Launch, args []string) any {
	in := Exited{Launch: l}
	if signal, ok := strings.CutPrefix(args[0], "signal-"); ok {
		in.Status.Signal = p.number(signal)
	} else {
		in.Status.Code = p.number(args[0])
	}
	if len(args) > 2 && args[1] == "left" {
		in.Left = []Member{{p.number(args[2]), "nginx"}}
	}
	return in
}

// processType reads "web=2 grace=3s restart=always after=db,cache gated".
func (p *player) processType(args []string) ProcessType {
	name, count, _ := strings.Cut(args[0], "=")
	typ := ProcessType{
		Name: name, Count: p.number(count), StopSignal: syscall.SIGTERM, Grace: 8 * time.Second,
		StableAfter: 10 * time.Second, BackoffCap: time.Minute,
	}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		p.set(&typ, key, value)
	}
	return typ
}

func (p *player) set(typ *ProcessType, key, value string) {
	switch key {
	case "grace":
		typ.Grace = p.duration(value)
	case "restart":
		typ.Restart = map[string]RestartPolicy{"always": RestartAlways, "on-failure": RestartOnFailure, "never": RestartNever}[value]
	case "stop-mode":
		typ.StopMode = map[string]StopMode{"mixed": StopMixed, "leader": StopLeader, "group": StopGroup}[value]
	case "give-up":
		typ.GiveUp = p.number(value)
	case "exit-with":
		typ.ExitWith = true
	case "ready":
		typ.Ready = map[string]ReadyKind{"alive": ReadyAlive, "port": ReadyPort, "done": ReadyDone}[value]
		typ.ReadyTimeout = time.Minute
	case "after":
		typ.After = strings.Split(value, ",")
	case "surge":
		typ.Surge = true
	case "unavailable":
		typ.MaxUnavailable = p.number(value)
	case "fingerprint":
		typ.Fingerprint = value
	case "gated":
		typ.Gated, typ.DrainTimeout = true, 30*time.Second
	default:
		p.t.Fatalf("unknown setting %q", key)
	}
}
