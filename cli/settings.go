package cli

import (
	"slices"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"supervise/output"
	"supervise/ports"
	"supervise/supervisor"
)

// sources are the flags of every command that reads a Procfile.
type sources struct {
	procfile string
	root     string
	env      files
	noEnv    bool
	lax      bool
	which
}

// which are the flags that say which supervise is meant, of several in one root.
type which struct{ name, socket string }

func (w *which) register(f *pflag.FlagSet) {
	f.StringVar(&w.name, "name", "", "`NAME` of this run, to tell several in one root apart")
	f.StringVar(&w.socket, "socket", "", "`PATH` of the control socket (default: named from the root, in a folder of ours)")
}

func (s *sources) register(f *pflag.FlagSet) {
	f.StringVarP(&s.procfile, "procfile", "f", "", "the `FILE` that it runs (default \"Procfile\" in the root; - is stdin)")
	f.StringVarP(&s.root, "root", "d", "", "the `FOLDER` where commands run (default: the Procfile's)")
	f.VarP(&s.env, "env", "e", "files of config, later ones win (default \".env\" in the root)")
	f.BoolVar(&s.noEnv, "no-env", false, "read no .env")
	f.BoolVar(&s.lax, "lax", false, "take mistakes in the Procfile for warnings, and skip their lines")
	s.which.register(f)
}

// portSettings are the flags that say which PORT an instance gets.
type portSettings struct {
	base basePort
	step number
	none bool
}

func (s *portSettings) register(f *pflag.FlagSet) {
	f.VarP(&s.base, "port", "p", "base port; auto: free ones from the system (default: PORT, else 5000)")
	f.Var(&s.step, "port-step", "ports from one type to the next")
	f.BoolVar(&s.none, "no-port", false, "set no PORT")
}

// settings are the flags of start. Their defaults are the manual's.
type settings struct {
	sources
	ports     portSettings
	formation string

	timeout     *perType[time.Duration]
	stopBudget  duration
	stopSignal  *perType[syscall.Signal]
	stopMode    *perType[supervisor.StopMode]
	daemons     *perType[bool]
	restart     *perType[supervisor.RestartPolicy]
	giveUp      *perType[int]
	stableAfter *perType[time.Duration]
	exitWith    list

	ready          *perType[readiness]
	readyTimeout   *perType[time.Duration]
	after          *perType[[]string]
	maxUnavailable *perType[int]

	front          frontAddr
	surge          *perType[int]
	drainTimeout   *perType[time.Duration]
	lameDuck       duration
	trustForwarded *choice

	metrics     metricsAddr
	pty         *choice
	logFormat   *choice
	color       *choice
	noPrefix    bool
	noTimestamp bool
	quiet       list
	tail        size
}

func newSettings() *settings {
	return &settings{
		timeout:        newPerType("DURATION", parseDuration),
		stopBudget:     duration(defaultStopBudget()),
		stopSignal:     newPerType("SIGNAL", parseSignal),
		stopMode:       newPerType("MODE", parseStopMode),
		daemons:        newPerType("stop|leave", parseLeave),
		restart:        newPerType("POLICY", parseRestart),
		giveUp:         newPerType("N", parseCount),
		stableAfter:    newPerType("DURATION", parseDuration),
		ready:          newPerType("HOW", parseReady),
		readyTimeout:   newPerType("DURATION", parseDuration),
		after:          newPerType("TYPE[+TYPE]", parseAfter),
		maxUnavailable: newPerType("N", parseAtLeastOne),
		surge:          newPerType("0|1", oneOf([]string{"0", "1"}, 0, 1)),
		drainTimeout:   newPerType("DURATION", parseDuration),
		trustForwarded: newChoice("private", "none", "all"),
		pty:            newChoice("auto", "always", "never"),
		logFormat:      newChoice("text", "json"),
		color:          newChoice("auto", "always", "never"),
		tail:           output.DefaultTail,
		ports:          portSettings{step: ports.DefaultStep},
	}
}

func (s *settings) register(f *pflag.FlagSet) {
	s.sources.register(f)
	s.ports.register(f)
	f.StringVarP(&s.formation, "formation", "m", "", "the same as the arguments: `TYPE=N[,TYPE=N]`")
	f.VarP(s.timeout, "timeout", "t", "grace period, from the stop signal to SIGKILL (default 8s) *")
	f.Var(&s.stopBudget, "stop-budget", "all the time from SIGTERM to our exit")
	f.Var(s.stopSignal, "stop-signal", "what asks an instance to stop (default TERM) *")
	f.Var(s.stopMode, "stop-mode", "who gets it: mixed, leader or group (default mixed) *")
	f.Var(s.daemons, "daemons", "what becomes of processes that left their instance (default stop) *")
	f.Var(s.restart, "restart", "always, on-failure or never (default: always for servers, else on-failure) *")
	f.Var(s.giveUp, "give-up", "end the run after N short lives in a row (default: 10, on a terminal 0: never) *")
	f.Var(s.stableAfter, "stable-after", "the uptime that makes a launch healthy (default 10s) *")
	f.Var(&s.exitWith, "exit-with", "end the run when an instance of these types, or any, ends by itself")
	f.Var(s.ready, "ready", "port, http:/path, notify, alive or done (default: port for web, else alive) *")
	f.Var(s.readyTimeout, "ready-timeout", "when to warn of a launch that is not ready (default 1m) *")
	f.Var(s.after, "after", "types to wait for before the first launch, as in worker=web+db *")
	f.Var(s.maxUnavailable, "max-unavailable", "instances that a roll may have down at a time (default 1) *")
	f.Var(&s.front, "front", "a front door for web at ADDR, or at web's base port")
	f.Lookup("front").NoOptDefVal = frontAtBase
	f.Var(s.surge, "surge", "extra instances that a roll behind the front door starts first (default 1) *")
	f.Var(s.drainTimeout, "drain-timeout", "how long its requests in flight may take (default 30s) *")
	f.Var(&s.lameDuck, "lame-duck", "how long it serves on after SIGTERM")
	f.Var(s.trustForwarded, "trust-forwarded", "whose X-Forwarded headers are kept")
	f.Var(&s.metrics, "metrics", "serve /metrics, /healthz and /readyz at ADDR")
	f.Var(s.pty, "pty", "give each instance a terminal of its own (auto: if stdout is one)")
	f.Var(s.logFormat, "log-format", "how output is written")
	f.Var(s.color, "color", "colour the prefixes; NO_COLOR and FORCE_COLOR are honoured")
	f.BoolVar(&s.noPrefix, "no-prefix", false, "write lines without the instance's name")
	f.BoolVar(&s.noTimestamp, "no-timestamp", false, "write lines without the time")
	f.Var(&s.quiet, "quiet", "types whose output is kept, not printed")
	f.Var(&s.tail, "tail", "how much output is kept of each instance")
}

// naming is a setting and the process types that it names.
type naming struct {
	flag  string
	types []string
}

// named lists the settings that name process types, so that an unknown one can be told.
func (s *settings) named() []naming {
	exitWith := slices.DeleteFunc(slices.Clone(s.exitWith.names), func(name string) bool { return name == "any" })
	return []naming{
		{"timeout", s.timeout.types()},
		{"stop-signal", s.stopSignal.types()},
		{"stop-mode", s.stopMode.types()},
		{"daemons", s.daemons.types()},
		{"restart", s.restart.types()},
		{"give-up", s.giveUp.types()},
		{"stable-after", s.stableAfter.types()},
		{"exit-with", exitWith},
		{"ready", s.ready.types()},
		{"ready-timeout", s.readyTimeout.types()},
		{"after", append(s.after.types(), s.awaited()...)},
		{"max-unavailable", s.maxUnavailable.types()},
		{"surge", s.surge.types()},
		{"drain-timeout", s.drainTimeout.types()},
		{"quiet", s.quiet.names},
	}
}

// awaited are the types that --after names as those to wait for.
func (s *settings) awaited() (names []string) {
	if s.after.all != nil {
		names = *s.after.all
	}
	for _, name := range s.after.types() {
		names = append(names, s.after.by[name]...)
	}
	return names
}
