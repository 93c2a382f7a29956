package cli

import (
	"supervise/ready"
	"supervise/supervisor"
)

// prober stands between supervisor and ready. It implements supervisor.Prober.
type prober struct {
	launcher *launcher
	prober   *ready.Prober
}

func newProber(l *launcher) *prober { return &prober{l, ready.New()} }

// kinds are the words that ready has for those of the supervisor.
var kinds = map[supervisor.ReadyKind]ready.Kind{
	supervisor.ReadyAlive:  ready.Alive,
	supervisor.ReadyPort:   ready.Port,
	supervisor.ReadyHTTP:   ready.HTTP,
	supervisor.ReadyNotify: ready.Notify,
}

// Probe waits for a launch to get ready. One that was launched before a reload asked it
// to notify has nowhere to; the reload restarts it.
func (p *prober) Probe(launch supervisor.Launch, kind supervisor.ReadyKind) {
	a, here := p.launcher.app.Load(), p.launcher.of(launch)
	if kind == supervisor.ReadyNotify && here.notify == nil {
		return
	}
	s := a.settings
	target := ready.Target{
		Kind:   kinds[kind],
		Path:   s.readyOf(launch.ID.Type).path,
		Leader: here.pid,
		ID:     here.id,
		Socket: here.notify,
	}
	if s.listens(launch.ID.Type) || s.gated(launch.ID.Type) {
		target.Port = a.plan.of(launch.ID)
	}
	p.prober.Probe(readyKey(launch), target, func(r ready.Result) {
		p.launcher.report(supervisor.Ready{Launch: launch, Addr: r.Addr, How: r.How})
	})
}

// Forget ends the waiting.
func (p *prober) Forget(launch supervisor.Launch) { p.prober.Forget(readyKey(launch)) }

// seen says what a launch that is not ready does instead.
func (p *prober) seen(launch supervisor.Launch) string { return p.prober.Seen(readyKey(launch)) }

func readyKey(l supervisor.Launch) ready.Key { return ready.Key{Name: l.ID.String(), Launch: l.N} }
