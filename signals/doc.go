// Package signals names signals and hears the supervisor's own.
//
// [Parse] takes what people write ("TERM", "SIGTERM", "term", "15", "RTMIN+3"),
// [Name] gives back what we print ("SIGTERM"). [Listen] is called by main's first
// statement, so that by the first launch a SIGTERM cannot meet the kernel's default
// action (or, as PID 1, no action at all); the command then adds what it can use,
// [Steering] or [Forwardable], or stops listening:
//
//	heard := signals.Listen()
//	heard.Add(signals.Steering()...) // start
//	for sig := range heard.C() {
//		...
//	}
//
// No kind of signal is ever lost, whatever storm of another kind is going on; of
// one kind that comes faster than it is read, some are merged into one, as the
// kernel itself does. Kinds have no order: a SIGHUP sent after a SIGTERM may be
// heard before it.
//
// It sends nothing: only package process signals anybody.
package signals
