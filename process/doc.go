// Package process starts, signals, reaps and sweeps process trees. All processes,
// terminals and waits of supervise are in here, and no decision is: it does what it
// is told and reports what the kernel says.
//
// # Who owns what
//
//   - The forker: one goroutine locked to one OS thread for life. Every fork is its,
//     because PDEATHSIG is bound to the thread that forked (golang/go#27505), and
//     because children inherit that thread's signal mask, which is empty. It is never
//     the main thread: that one adopts orphans, so the kernel's list of its children is
//     the list of orphans, and reading it (2 µs) spares most deaths a look at all of /proc.
//   - The reaper: one goroutine that does every wait and every kill and owns every
//     table. A pid cannot be reused under its hands: whoever is signalled has not
//     been reaped, because the same goroutine would have done it; who is not our child
//     is signalled by pidfd, after a second look.
//
// Everything else talks to these two by queue; there is no mutex around a process.
//
// # The life of a launch
//
//	Launch ─▶ Launched{pid} ─▶ Exited{status, left} ─▶ Gone
//	       └▶ Failed{err}
//
// Events of one launch come in this order, each at most once, from one goroutine,
// through the function given to [New], which must not block. Exited is the leader's
// death, known from the kernel and never from an EOF. Gone means that no process of
// the launch is alive: nobody in its session or group, no daemon that left them, as
// far as the kernel lets us see. When nothing is left behind the two come together.
// [Denied] may come in between, when a process belongs to another user.
//
// A death is treated in this order: peek (WNOWAIT), see who is left, send them
// [Spec.RestSignal] while the zombie still pins the group's number, reap.
//
// # As PID 1 and not
//
// Outside PID 1 we are a child subreaper, so daemons that leave their instance come
// back to us. Strangers are reaped without a word. [Table.Close] ends who is left;
// [RunAsInit] is the whole life of a one-off as PID 1.
//
// # When we are killed
//
// As PID 1 the kernel ends everybody with us. Elsewhere PDEATHSIG ends the leaders, and the
// guardian ([Table.Guard]) the others: a child that is our own program once more ([Guard]),
// in a session of its own, so that no signal to our group hits it. It sleeps in a read of a
// pipe whose writing end is ours alone; at its end it reads the ledger, a file in memory in
// which we keep the live sessions, and kills until nobody is left. It is forked before the
// first launch: a shell needs a millisecond to fork what nothing but a guardian would find.
// [Guarded] tells when it had to be replaced. Nobody sweeps if both are killed within a
// millisecond; nobody finds who has left its session and hides its environment.
//
// # Terminals
//
// [OpenTerminal] makes a pseudo-terminal for a launch, which is nobody's controlling terminal:
// a launch ends with one as it does without. The bytes on it are somebody else's affair, and come
// as they were written; [MapsNewlines] tells what its modes would make of a newline. Our own
// terminal is handed on by RunAsInit alone; [Table.Suspend] gives it back to the shell at a
// Ctrl-Z, with everybody stopped and no fork in flight.
//
// # What it needs
//
// A fork keeps its P until the child has executed its program (golang/go#5838): the
// process should have GOMAXPROCS of at least 2, set before [New]: New has the runtime start
// the threads that it will need, since it ends the program if it cannot start one later.
// [FileLimit] and [ProcessLimits] say what room there is. Without a /proc of our own pid namespace
// only groups are followed. Nothing wakes up while nothing happens.
//
// # macOS
//
// There is no subreaper, no PDEATHSIG and no WNOWAIT there that can be trusted: a
// double-forked daemon cannot be followed, not by the guardian either, and groups are polled
// while they linger.
//
//	table, err := process.New(func(e process.Event) { inputs <- e })
//	web := process.Key{Name: "web.1", Launch: 1}
//	table.Launch(web, process.Spec{Argv: argv, Env: env, ID: id, RestSignal: syscall.SIGTERM})
//	table.Signal(web, process.Leader, syscall.SIGTERM, syscall.SIGCONT)
//	table.Signal(web, process.All, syscall.SIGKILL) // after the grace period
//	left := table.Close(time.Now().Add(time.Second))
package process
