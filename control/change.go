package control

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"syscall"

	"supervise/supervisor"
)

// The methods below change the formation. Names are those of instances and process types.
// Each returns when its effect is there, having called told, which may be nil, for every
// instance as soon as it is. If some do not get there the others are followed to their
// end, and the error says who did not and why.

// Start launches those that have no process, and returns when all are ready.
func (c *Client) Start(ctx context.Context, names []string, told func(Change)) error {
	p, a, err := c.pursue(ctx, "start", order{Instances: names}, told)
	if err != nil {
		return err
	}
	for _, i := range a.Before {
		p.want(want{aim: toServe, base: baseOf(i), before: i})
	}
	return p.follow(ctx)
}

// Stop returns when no process of those that are named is alive.
func (c *Client) Stop(ctx context.Context, names []string, told func(Change)) error {
	p, a, err := c.pursue(ctx, "stop", order{Instances: names}, told)
	if err != nil {
		return err
	}
	for _, i := range a.Before {
		p.want(want{aim: toBeDown, before: i})
	}
	return p.follow(ctx)
}

// Restart restarts one after the other, or all at once, and returns when a newer launch of
// each is ready, or when the roll has ended at one that is not. No names means everything
// but what is to be done once.
func (c *Client) Restart(ctx context.Context, names []string, allAtOnce bool, told func(Change)) error {
	p, a, err := c.pursue(ctx, "restart", order{Instances: names, AllAtOnce: allAtOnce}, told)
	if err != nil {
		return err
	}
	p.roll = !allAtOnce
	for _, i := range a.Before {
		p.want(want{aim: toServe, base: renewed(i), before: i})
	}
	return p.follow(ctx)
}

// Scale takes counts like web=3, web=+1 or web=-1, and returns when what is new is ready
// and what is too many is gone.
func (c *Client) Scale(ctx context.Context, counts []string, told func(Change)) error {
	p, a, err := c.pursue(ctx, "scale", order{Counts: counts}, told)
	if err != nil {
		return err
	}
	before := byName(a.Before)
	for _, name := range slices.Sorted(maps.Keys(a.Counts)) {
		for n := range a.Counts[name] {
			i := instanceOr(before, supervisor.ID{Type: name, N: n + 1})
			if !settled(i) {
				p.want(want{aim: toServe, base: baseOf(i), before: i})
			}
			delete(before, i.Name)
		}
	}
	for _, i := range a.Before {
		if _, tooMany := before[i.Name]; tooMany {
			p.want(want{aim: toBeGone, before: i})
		}
	}
	return p.follow(ctx)
}

// Reload reads Procfile and config again. Found is called with what is different before
// that is waited for: what changed has been restarted, what is new is ready and what is
// gone has stopped.
func (c *Client) Reload(ctx context.Context, found func(ReloadResult), told func(Change)) error {
	p, a, err := c.pursue(ctx, "reload", order{}, told)
	if err != nil {
		return err
	}
	if a.Reload == nil {
		a.Reload = &ReloadResult{}
	}
	if found != nil {
		found(*a.Reload)
	}
	for _, i := range a.Before {
		if slices.Contains(a.Reload.Removed, i.Type) {
			p.want(want{aim: toBeGone, before: i})
			continue
		}
		if i.State == supervisor.Down.String() || i.State == supervisor.Ended.String() {
			continue // it was stopped and stays so, or it is done
		}
		p.roll = true
		p.want(want{aim: toServe, base: renewed(i), before: i})
	}
	for _, name := range a.Reload.Added {
		if id, err := supervisor.ParseID(name); err == nil {
			p.want(want{aim: toServe, before: instanceOr(nil, id)})
		}
	}
	return p.follow(ctx)
}

// Down ends the running supervise, and returns when it has ended.
func (c *Client) Down(ctx context.Context, told func(Change)) error {
	p, a, err := c.pursue(ctx, "down", order{}, told)
	if err != nil {
		return err
	}
	p.down = true
	for _, i := range a.Before {
		p.want(want{aim: toBeDown, before: i})
	}
	return p.follow(ctx)
}

// Signal sends a signal to the leaders of those that are named, and returns them. All get
// it that can; one that is not running is an error.
func (c *Client) Signal(ctx context.Context, sig syscall.Signal, names []string) ([]Instance, error) {
	var a accepted
	err := c.call(ctx, http.MethodPost, "/v1/signal", order{Instances: names, Signal: int(sig)}, &a)
	return a.Before, err
}

// renewed is the launch that a restart replaces. One that is starting is as good as
// restarted.
func renewed(i Instance) int {
	if i.State == supervisor.Starting.String() {
		return i.Launch - 1
	}
	return i.Launch
}

// baseOf is the launch that a start comes after: that of an instance which runs is fine.
func baseOf(i Instance) int {
	switch i.State {
	case supervisor.Starting.String(), supervisor.Up.String():
		return i.Launch - 1
	default:
		return i.Launch
	}
}

// settled says that scaling leaves an instance as it is.
func settled(i Instance) bool {
	for _, s := range []supervisor.State{supervisor.Up, supervisor.BackingOff, supervisor.Ended, supervisor.Failed} {
		if i.State == s.String() {
			return true
		}
	}
	return false
}

func byName(all []Instance) map[string]Instance {
	m := map[string]Instance{}
	for _, i := range all {
		m[i.Name] = i
	}
	return m
}

// instanceOr finds an instance, or makes one that has not been.
func instanceOr(all map[string]Instance, id supervisor.ID) Instance {
	if i, ok := all[id.String()]; ok {
		return i
	}
	return Instance{Name: id.String(), Type: id.Type}
}
