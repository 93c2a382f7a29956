package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"supervise/supervisor"
)

// Change is what a command did to one instance.
type Change struct {
	Before Instance // its State is empty if there was none
	After  Instance
	// Removed says that there is none any more.
	Removed bool
}

// want is what a command wants of one instance.
type want struct {
	aim    aim
	base   int // launches up to this one are not what is wanted
	before Instance
	told   bool // of a launch that can show no more than that it is up
}

type aim uint8

const (
	toServe  aim = iota // a launch after base is ready, or up if nothing but time shows that; or has ended well
	toBeDown            // no process, and none to come
	toBeGone            // removed
)

// pursuit follows the events after a command until its effect is there.
type pursuit struct {
	client *Client
	events *feed
	seq    uint64 // of the last event before the command
	told   func(Change)

	pending map[string]want
	failed  []error
	down    bool // the command is to end the run

	roll  bool  // the command is a roll
	ended bool  // a roll has ended that may have been ours
	other error // a roll was interrupted that need not have been ours
}

// pursue does a command and prepares to follow it: the events are open before it is
// asked for, so that none is missed, not even the last of the run.
func (c *Client) pursue(ctx context.Context, verb string, o order, told func(Change)) (*pursuit, accepted, error) {
	p := &pursuit{client: c, told: told, pending: map[string]want{}}
	p.events = &feed{client: c, path: "/v1/events"}
	var a accepted
	err := p.events.connect(ctx)
	if err == nil {
		err = c.call(ctx, http.MethodPost, "/v1/"+verb, o, &a)
	}
	if err != nil {
		p.events.close()
		return nil, a, err
	}
	p.seq = a.Seq
	return p, a, nil
}

// want adds what is wanted of an instance. What is so already is told at once.
func (p *pursuit) want(w want) {
	name := w.before.Name
	p.pending[name] = w
	p.judge(Event{Kind: supervisor.KindChanged.String(), Instance: &w.before}, true)
}

// follow returns when nothing is pending: nil, or what went wrong.
func (p *pursuit) follow(ctx context.Context) error {
	defer p.events.close()
	for !p.done() {
		e, err := nextEvent(ctx, p.events)
		switch {
		case err == io.EOF && p.down: // not before: until then the socket is taken
			return errors.Join(p.failed...)
		case err == io.EOF:
			err = errors.New("supervise has ended before this was done")
		case err == nil && e.Lost > 0:
			err = p.catchUp(ctx)
		case err == nil && e.Seq > p.seq:
			err = p.see(e)
		}
		if err != nil {
			return errors.Join(append(p.failed, err)...)
		}
	}
	return errors.Join(p.failed...)
}

// done says that all is told. A roll that only sees the last one grow old is not waited for.
func (p *pursuit) done() bool {
	for _, w := range p.pending {
		if !w.told {
			return false
		}
	}
	return !p.down && (!p.roll || p.ended || p.other != nil || len(p.pending) > 0)
}

// see takes in one event. Its error ends the pursuit.
func (p *pursuit) see(e Event) error {
	switch e.Kind {
	case supervisor.KindRollEnded.String():
		return p.rollEnded(e)
	case supervisor.KindRunEnding.String():
		if p.serving() || p.roll && !p.ended {
			return fmt.Errorf("supervise is shutting down: %s", e.Cause)
		}
	case supervisor.KindRunEnded.String():
		if e.Live > 0 {
			p.failed = append(p.failed, fmt.Errorf("supervise has left %d instances that could not be killed", e.Live))
		}
	}
	if e.Instance != nil {
		p.judge(e, false)
	}
	return nil
}

// judge compares an instance with what is wanted of it. Nobody has failed before the
// command was given.
func (p *pursuit) judge(e Event, before bool) {
	w, ok := p.pending[e.Name]
	if !ok {
		return
	}
	removed := e.Kind == supervisor.KindRemoved.String()
	reached, up := w.reached(e, removed, before), w.up(e)
	if (reached || up) && !w.told && p.told != nil {
		p.told(Change{Before: w.before, After: *e.Instance, Removed: removed})
	}
	switch {
	case reached:
		delete(p.pending, e.Name)
	case w.failed(e) && !before:
		delete(p.pending, e.Name)
		p.failed = append(p.failed, failure(e))
	case up:
		w.told = true
		p.pending[e.Name] = w
	}
}

// reached says that an instance is as it is wanted, or that somebody else has since
// wanted it otherwise.
func (w want) reached(e Event, removed, before bool) bool {
	switch {
	case removed:
		return true
	case w.aim == toBeGone:
		return false
	case w.aim == toBeDown:
		return e.State == supervisor.Down.String() || e.State == supervisor.Ended.String() || e.State == supervisor.Failed.String()
	case e.State == supervisor.Down.String():
		return !before
	default:
		return e.Launch > w.base && (e.Ready || e.State == supervisor.Ended.String())
	}
}

// up says that a launch runs of which nobody can see more: that it stays so for a second
// matters to a roll, before the next one, and not to who waits for this one.
func (w want) up(e Event) bool {
	return w.aim == toServe && e.Launch > w.base && e.State == supervisor.Up.String() && e.Probe == supervisor.ReadyAlive.String()
}

// failed says that a launch has not become what it was to be.
func (w want) failed(e Event) bool {
	return w.aim == toServe && e.Launch > w.base &&
		(e.State == supervisor.BackingOff.String() || e.State == supervisor.Failed.String() || e.Kind == supervisor.KindNotReady.String())
}

func failure(e Event) error {
	switch {
	case e.Text != "":
		return errors.New(e.Text)
	case e.Kind == supervisor.KindNotReady.String():
		return fmt.Errorf("%s is not ready after %gs", e.Name, e.Grace)
	default:
		return fmt.Errorf("%s is %s: %s", e.Name, e.State, e.Cause)
	}
}

// rollEnded tells our roll from others. One that was replaced was another's before ours,
// or ours by another; which of them shows when the next one ends. One that has failed ends
// ours: there is only one at a time. If none of our instances has failed, it was an extra
// one that was to serve meanwhile.
func (p *pursuit) rollEnded(e Event) error {
	switch {
	case !p.roll:
	case e.Error == supervisor.ErrReplaced.Error():
		p.other = supervisor.ErrReplaced
	case e.Error != "" && len(p.failed) > 0:
		return errors.New("the roll ends here, the rest goes on as it was")
	case e.Error != "":
		return fmt.Errorf("the roll ends here: %s", e.Error)
	case p.other != nil && p.serving():
		return fmt.Errorf("the roll has not got through: %w", p.other)
	default:
		p.ended = true
	}
	return nil
}

// serving says that launches are still to come.
func (p *pursuit) serving() bool {
	for _, w := range p.pending {
		if w.aim == toServe && !w.told {
			return true
		}
	}
	return false
}

// catchUp looks at how it is now, after events were lost; the end of the roll may be
// among them.
func (p *pursuit) catchUp(ctx context.Context) error {
	all, err := p.client.Instances(ctx)
	if err != nil {
		return err
	}
	p.ended = true
	for _, i := range all {
		p.judge(Event{Kind: supervisor.KindChanged.String(), Instance: &i, Cause: i.Cause}, false)
	}
	for name, w := range p.pending {
		if !slices.ContainsFunc(all, func(i Instance) bool { return i.Name == name }) && w.before.State != "" {
			p.judge(Event{Kind: supervisor.KindRemoved.String(), Instance: &w.before}, false)
		}
	}
	return nil
}
