package cli

import (
	"os"
	"syscall"
	"time"

	"supervise/supervisor"
)

// Defaults that the manual gives for the settings of start.
const (
	defaultGrace        = 8 * time.Second
	defaultStableAfter  = 10 * time.Second
	defaultGiveUp       = 10
	defaultReadyTimeout = time.Minute
	defaultDrainTimeout = 30 * time.Second

	backoffCap         = time.Minute
	backoffCapTerminal = 5 * time.Second

	stopBudgetDocker       = 9 * time.Second  // docker stop kills after 10
	stopBudgetOrchestrated = 28 * time.Second // Kubernetes and Nomad after 30
)

// defaultStopBudget stays below what the engine that stops us allows.
func defaultStopBudget() time.Duration {
	for _, name := range []string{"KUBERNETES_SERVICE_HOST", "NOMAD_ALLOC_ID"} {
		if os.Getenv(name) != "" {
			return stopBudgetOrchestrated
		}
	}
	return stopBudgetDocker
}

// formation turns what was read into what the supervisor keeps.
func (a *app) formation(terminal bool) supervisor.Formation {
	f := supervisor.Formation{StopBudget: time.Duration(a.settings.stopBudget), LameDuck: time.Duration(a.settings.lameDuck)}
	for _, name := range a.file.Types() {
		typ := a.settings.processType(name, a.counts[name], terminal)
		typ.Fingerprint = a.fingerprint(name)
		f.Types = append(f.Types, typ)
	}
	return f
}

func (s *settings) processType(name string, count int, terminal bool) supervisor.ProcessType {
	giveUp, limit := defaultGiveUp, backoffCap
	if terminal {
		giveUp, limit = 0, backoffCapTerminal
	}
	return supervisor.ProcessType{
		Name:        name,
		Count:       count,
		StopSignal:  s.stopSignal.of(name, syscall.SIGTERM),
		StopMode:    s.stopMode.of(name, supervisor.StopMixed),
		Grace:       s.timeout.of(name, defaultGrace),
		Restart:     s.restartOf(name),
		StableAfter: s.stableAfter.of(name, defaultStableAfter),
		BackoffCap:  limit,
		GiveUp:      s.giveUp.of(name, giveUp),
		ExitWith:    s.endsRun(name),

		Ready:          s.readyOf(name).kind,
		ReadyTimeout:   s.readyTimeout.of(name, defaultReadyTimeout),
		After:          s.afterOf(name),
		MaxUnavailable: s.maxUnavailable.of(name, 1),

		Gated:        s.gated(name),
		DrainTimeout: s.drainTimeout.of(name, defaultDrainTimeout),
		Surge:        s.surge.of(name, 1) > 0,
	}
}

// endsRun says that the run ends when an instance of the type does.
func (s *settings) endsRun(name string) bool {
	return s.exitWith.has("any") || s.exitWith.has(name)
}
