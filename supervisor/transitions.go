package supervisor

// handler is one cell of the table: what an instance in this state does with this
// input. It changes the life and emits effects.
type handler func(*life, *turn, input)

// on makes a cell of a function that wants its own kind of input.
func on[T input](h func(*life, *turn, T)) handler {
	return func(l *life, t *turn, in input) { h(l, t, in.(T)) }
}

// nothing is a cell that is reached in good order and has nothing to do.
func nothing(*life, *turn, input) {}

// never is a cell that no order of inputs can reach. If one does, it is our mistake:
// it is published and changes nothing.
func never(l *life, t *turn, in input) { l.bug(t, in) }

// row is a state's answers, in the order of the columns below.
type row [nInputs]handler

// transitions is the life of an instance. Inputs of an old launch are dropped before
// they come here. Every cell is filled; a test says so, and renders the table into
// ARCHITECTURE.md.
var transitions = [nStates]row{
	Down: {
		onStart: on(begin), onStop: nothing, onRestart: on(beginAgain), onKill: nothing,
		onSignal: refuse, onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: never, onGone: never, onReady: nothing, onDrained: nothing, onDeadline: never,
	},
	Waiting: {
		onStart: nothing, onStop: on(rest), onRestart: nothing, onKill: on(restNow),
		onSignal: refuse, onCleared: on(proceed), onLaunched: never, onLaunchFailed: never,
		onExited: never, onGone: never, onReady: nothing, onDrained: nothing, onDeadline: never,
	},
	Starting: {
		onStart: wantUp, onStop: on(takeBack), onRestart: wantUp, onKill: on(takeBackNow),
		onSignal: refuse, onCleared: nothing, onLaunched: on(launched), onLaunchFailed: on(launchFailed),
		onExited: never, onGone: never, onReady: never, onDrained: nothing, onDeadline: never,
	},
	Up: {
		onStart: nothing, onStop: on(retire), onRestart: on(renew), onKill: on(destroy),
		onSignal: on(passOn), onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: on(exitedByItself), onGone: never, onReady: on(becomeReady), onDrained: nothing, onDeadline: on(notReadyYet),
	},
	Draining: {
		onStart: wantUp, onStop: on(retireSooner), onRestart: wantUp, onKill: on(destroy),
		onSignal: on(passOn), onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: on(exitedAsAsked), onGone: never, onReady: nothing, onDrained: on(drained), onDeadline: on(drainedTooLate),
	},
	Stopping: {
		onStart: wantUp, onStop: on(stopSooner), onRestart: wantUp, onKill: on(destroy),
		onSignal: on(passOn), onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: on(exitedAsAsked), onGone: on(gone), onReady: nothing, onDrained: nothing, onDeadline: on(graceIsOver),
	},
	Killing: {
		onStart: wantUp, onStop: on(wantDown), onRestart: wantUp, onKill: on(stayKilling),
		onSignal: nothing, onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: on(exitedAsAsked), onGone: on(gone), onReady: nothing, onDrained: nothing, onDeadline: on(killAgain),
	},
	BackingOff: {
		onStart: on(begin), onStop: on(rest), onRestart: on(beginAgain), onKill: on(restNow),
		onSignal: refuse, onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: never, onGone: never, onReady: nothing, onDrained: nothing, onDeadline: on(backoffIsOver),
	},
	Ended: {
		onStart: on(begin), onStop: nothing, onRestart: on(beginAgain), onKill: nothing,
		onSignal: refuse, onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: never, onGone: never, onReady: nothing, onDrained: nothing, onDeadline: never,
	},
	Failed: {
		onStart: on(begin), onStop: nothing, onRestart: on(beginAgain), onKill: nothing,
		onSignal: refuse, onCleared: nothing, onLaunched: never, onLaunchFailed: never,
		onExited: never, onGone: never, onReady: nothing, onDrained: nothing, onDeadline: never,
	},
}
