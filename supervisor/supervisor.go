package supervisor

import (
	"context"
	"math/rand/v2"
	"time"
)

// Options are what a Supervisor acts through. Only Launcher is needed.
type Options struct {
	Launcher Launcher
	Gate     Gate           // nil: no type may be Gated
	Prober   Prober         // nil: every type's Ready must be ReadyUnprobed or ReadyDone
	Jitter   func() float64 // in [-1, 1], for backoff; nil: random
}

// Supervisor keeps one formation. Its methods may be called from any goroutine, also
// before Run.
type Supervisor struct {
	options Options
	plan    *plan
	mailbox *mailbox
	board   *board
}

// New makes a Supervisor; nothing is launched before Run.
func New(f Formation, o Options) *Supervisor {
	if o.Jitter == nil {
		o.Jitter = func() float64 { return 2*rand.Float64() - 1 }
	}
	return &Supervisor{
		options: o,
		plan:    newPlan(f, o.Jitter),
		mailbox: newMailbox(),
		board:   newBoard(),
	}
}

// Do asks for something and waits until it is accepted or refused, not until it is
// done: whoever wants to know that watches. It fails with ErrEnding when Run has
// returned, and with the context's error when that ends first; the command may then
// still be carried out.
func (s *Supervisor) Do(ctx context.Context, c Command) error {
	m := message{in: c, reply: make(chan error, 1)}
	if !s.mailbox.put(m) {
		return ErrEnding
	}
	select {
	case err := <-m.reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Report tells what became of a launch. It never blocks, and after Run it does
// nothing.
func (s *Supervisor) Report(r Report) { s.mailbox.put(message{in: r}) }

// Run launches the formation and keeps it until it has ended, and returns the exit
// code. It is called once. When ctx ends it shuts down, as Shutdown does with the
// context's cause and code 1.
func (s *Supervisor) Run(ctx context.Context) int {
	defer s.mailbox.close()
	defer s.board.close()
	stop := context.AfterFunc(ctx, func() {
		s.mailbox.put(message{in: Shutdown{Cause: context.Cause(ctx).Error(), Code: 1}})
	})
	defer stop()

	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	code, done := s.feed(message{in: boot{}})
	for !done {
		arm(timer, s.plan.due())
		select {
		case <-s.mailbox.wake:
			code, done = s.feedAll(s.mailbox.take())
		case <-timer.C:
			code, done = s.feed(message{in: tick{}})
		}
	}
	return code
}

// arm sets the loop's only timer; with nothing due it rests.
func arm(timer *time.Timer, due time.Time) {
	if due.IsZero() {
		timer.Stop()
		return
	}
	timer.Reset(time.Until(due))
}

// feedAll feeds what the mailbox held. What lies behind the end is refused.
func (s *Supervisor) feedAll(queue []message) (code int, done bool) {
	for _, m := range queue {
		switch {
		case !done:
			code, done = s.feed(m)
		case m.reply != nil:
			m.reply <- ErrEnding
		}
	}
	return code, done
}

// feed gives one message to the plan and performs the effects.
func (s *Supervisor) feed(m message) (code int, done bool) {
	if pause, ok := m.in.(Pause); ok {
		m.in = pause.pass()
	}
	if adopt, ok := m.in.(Adopt); ok && adopt.Before != nil {
		adopt.Before()
	}
	effects, refused := s.plan.step(time.Now(), m.in)
	if m.reply != nil {
		m.reply <- refused
	}
	for _, e := range effects {
		if e, ok := e.(finishEffect); ok {
			code, done = e.code, true
			continue
		}
		s.perform(e)
	}
	return code, done
}

func (s *Supervisor) perform(e effect) {
	switch e := e.(type) {
	case launchEffect:
		s.options.Launcher.Launch(e.launch)
	case abortEffect:
		s.options.Launcher.Abort(e.launch)
	case signalEffect:
		s.options.Launcher.Signal(e.launch, e.sig, e.to)
	case openEffect:
		s.options.Gate.Open(e.launch, e.ready.Addr)
	case closeEffect:
		s.options.Gate.Close(e.launch, func() { s.Report(Drained{e.launch}) })
	case probeEffect:
		s.options.Prober.Probe(e.launch, e.kind)
	case forgetEffect:
		s.options.Prober.Forget(e.launch)
	case publishEffect:
		s.board.publish(e.event)
	}
}
