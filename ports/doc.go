// Package ports says which PORT each instance gets, whether that port is free, and
// who holds it if it is not.
//
// A port belongs to the instance, not to the run: web.2 has the same one in every
// formation and every launch. [Scheme] computes it from the order of the process
// types alone; [Free] asks the system instead. [Check] tries a port on 0.0.0.0,
// 127.0.0.1, :: and ::1 without leaving a socket behind, and its error names the
// process that holds it where the kernel lets us see that (Linux: /proc/net/tcp, tcp6
// and /proc/PID/fd).
//
//	scheme := ports.Scheme{Base: 5000, Step: 100}
//	first := scheme.First([]string{"web", "worker"}) // web 5000, worker 5100
//	if err := scheme.Fit("worker", first["worker"], 4); err != nil { // worker=4
//		...
//	}
//	err := ports.Check(first["worker"] + 3) // worker.4
//
// [Listening] and [Sockets] are the other direction, for readiness: on which ports a
// given process listens.
//
// It opens sockets only for the moment of a check, keeps no state, and may be
// called from any goroutine. It does not know process types' settings, nor what
// to advise: hints with flags in them are cli's.
package ports
