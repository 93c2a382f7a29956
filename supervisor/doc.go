// Package supervisor keeps the formation as asked.
//
// Three nouns: a [Formation] says what should run, a [Command] what is asked, an
// [Event] what happened.
//
// # One place decides, and it only decides
//
// Two pure machines map (state, input) to effects: life, one for each instance, is
// the table of transitions.go; plan is the formation: order, give-up, the phases of
// the shutdown, the exit code. Neither reads a clock, calls the OS or starts a
// goroutine: the time is an argument, an effect is a value. [Supervisor.Run] is one
// goroutine that feeds both in one turn and performs the effects through what it
// was given: a [Launcher] (processes), a [Gate] (the front door) and a [Prober]
// (readiness). It owns every state; there is no mutex in the machines.
//
// # What it promises
//
//   - At most one live launch of an instance, always: the next one starts when no
//     process of the last is alive.
//   - A stop wins over every restart; once the shutdown has begun nothing is launched.
//   - Inputs carry the number of their launch: what comes late touches nothing.
//   - Every change is one Event, numbered without gaps, with its cause; every watcher
//     sees the same order.
//   - Nothing slows the loop: watchers have bounded queues and lose their backlog,
//     counted, when they are slow; lines of output never come here. A [Pause] stops it.
//
// [Supervisor.Do] says whether a command was accepted; whoever wants to know its
// effect watches. Run returns when every instance is gone or the stop budget is spent.
//
// # What it leaves out
//
// It does not know Procfiles, ports, pipes, JSON or signals' names, and imports
// nothing of ours. Narration of events is cli's.
//
//	sup := supervisor.New(formation, supervisor.Options{Launcher: l})
//	snapshot, watcher := sup.Watch(1024)
//	go narrate(watcher)
//	code := sup.Run(ctx)
package supervisor
