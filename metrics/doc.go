// Package metrics counts events for Prometheus and serves what it has counted: /metrics,
// /healthz and /readyz.
//
// # Where figures come from
//
//	supervisor ─ Event ─▶ tally ───┐
//	output ─ Batch ─▶ written ─────┤ at a scrape
//	processes ─▶ Options.Usage ────┼─▶ Metrics.Collect ─▶ registry ─▶ promhttp
//	proxy ─▶ Options.Front ────────┘
//
// The tally is a watcher with a bounded queue: when it has lost events it takes the
// supervisor's snapshot, and counts restarts whose cause it missed as unknown. Output is a
// sink that counts newlines. What processes use is looked at when somebody asks, at most
// once a second. Nobody who decides or writes ever waits for a scrape.
//
// Whoever is counted by us is counted in values of our own, and told to client_golang at a
// scrape: an instance that is scaled away takes its series with it, and comes back with
// what they had. Our registry is our own, too: the default one is a global.
//
// All series stand in one table, series.go, from which docs/metrics.md is written. A new
// source of figures is rows there and a method that [Metrics.Collect] calls. What is told of
// supervise itself comes from client_golang's collectors of a process and of Go.
//
// # What it promises
//
//   - Whoever asks is bounded in number and time; at the limit, who has been silent the
//     longest makes room, so that probes get through. Who scrapes at the same time shares
//     one collection.
//   - /healthz is 200 while the supervisor runs. /readyz is 200 when every instance is
//     ready, has ended well, or was stopped by command; else 503 with their names, and
//     503 from the shutdown on.
//   - A counter starts from 0 with supervise, processor time with each launch.
//
// # What it leaves out
//
// It serves plain HTTP to anybody who reaches its address, and changes nothing for them.
//
//	m := metrics.New(metrics.Options{Version: "1.0.0", Usage: usage})
//	mux := output.NewMux(output.Options{Taps: []output.Sink{m.Output()}})
//	m.Watch(sup)
//	go m.Serve(listener)
//	code := sup.Run(ctx)
//	m.Close(ctx)
package metrics
