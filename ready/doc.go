// Package ready probes readiness: socket table, HTTP, sd_notify.
//
// A [Prober] is told of a launch when it has been forked and says once that it is ready,
// if it ever is. That it is not is nobody's event: whoever waits asks [Prober.Seen] what
// was seen instead.
//
//	prober := ready.New()
//	prober.Probe(key, ready.Target{Kind: ready.Port, Port: 5000, Leader: pid, ID: id},
//		func(r ready.Result) { ... }) // r.How: "listens on 127.0.0.1:5000"
//	...
//	prober.Forget(key) // it ended
//
// # Whose listener it is
//
// [Port] looks into the kernel's table of sockets. It makes no connection: a server that
// serves one client and ends would take us for that client. A listener counts when a process
// of the launch has it open: one of the leader's session, a descendant of one, or one that
// has the launch's SUPERVISE_ID in its environment. A stranger that holds the port makes
// nobody ready. [HTTP] sends its requests only to a listener that counts.
//
// Where the kernel hides what a process of the launch has open (another user's, one with
// capabilities of its own, /proc with hidepid, any on macOS), a listener on the port is
// taken for the launch's unless it is seen to be a stranger's, and Result.How says that
// its owner could not be seen. Where there is no socket table either (macOS), a port
// counts as listened on when it cannot be bound. That is tried every 250 ms and not more
// often, since a server that binds in that very moment would fail.
//
// # What it costs
//
// The first look is after 5 ms. The pause before each later one is an eighth of the time
// waited so far, at most 250 ms: a launch is found ready too late by an eighth of the time
// that it took, or by 250 ms. All launches that wait share a look, which reads the socket
// table once, and looking takes at most a fifth of one CPU. While nobody waits for a port
// there is no timer and no goroutine, except one asleep in the kernel for each [Socket].
package ready
