// Package control is the API of a running supervise on a unix socket, and its client.
//
// It speaks HTTP/1.1 and JSON, so that curl can ask too:
//
//	curl --unix-socket $SUPERVISE_SOCKET http://supervise/v1/instances
//	curl --unix-socket $SUPERVISE_SOCKET http://supervise/v1/restart -d '{"instances":["web"]}'
//
// # What can be asked
//
//	GET  /v1/instances               every instance, as ps -o json shows them
//	GET  /v1/instances/web.1         one, with its last 20 changes
//	GET  /v1/front                   the front door, if there is one
//	GET  /v1/instances/web.1/terminal?columns=80&rows=24, upgraded to frames
//	GET  /v1/events?after=CURSOR     every change from now on, or from there on
//	GET  /v1/logs?name=web&lines=100&follow=true&after=CURSOR
//	GET  /v1/wait?for=ready&timeout=10s&name=web
//	POST /v1/start    {"instances":["web","worker.2"]}
//	POST /v1/stop     {"instances":["web"]}
//	POST /v1/restart  {"instances":["web"],"all_at_once":true}, {} for everything
//	POST /v1/signal   {"instances":["web"],"signal":1}
//	POST /v1/scale    {"counts":["web=3","worker=+1"]}
//	POST /v1/reload
//	POST /v1/down
//
// A name is that of an instance or of a process type. What is wrong is told as
// {"error":"…"} with a status from 400 on. A POST answers when the supervisor has
// accepted it, with the state before; its effect shows in the events, and [Client]
// follows them until it is there.
//
// Events and logs are server-sent events (the EventSource chapter of the HTML standard):
// one object for each, with a cursor as its id, which may come back as Last-Event-ID or
// ?after=. A cursor of another run stands for this run's beginning.
//
// # Terminals
//
// One client at a time may have the terminal of an instance, over all its launches
// ([Client.Attach]). The connection is upgraded (RFC 9110, 7.8): from then on both ends send
// frames, each a letter, four bytes with the length (big-endian) and as much data. The client
// sends t, what was typed, and w, the size of its window; the server k, a t is typed; o, what has
// appeared; n, a line of supervise about the instance; and e, the end and why. A client may have
// 16 unanswered t of 4 KiB on their way, so that a program that does not read keeps nobody
// waiting but who types: a client that goes away is noticed, and its seat is free.
//
// # What it promises
//
//   - Who asks and who answers are the same user, or one of them is root; the kernel
//     says so, not the other end.
//   - One supervise for each root and name. A stale socket is taken over, a live one
//     never removed.
//   - No client delays supervision. The number of connections and streams, the size of
//     requests and the time for each read and write are bounded. Who reads events or
//     lines slower than they come loses the backlog, and is told how much it was; so does
//     who is attached to a terminal.
//   - No line of the log comes twice or is missing where the kept ones meet the new ones.
//   - A client that goes away takes nothing back and stops nothing.
//
// # Who closes
//
// [Listen] claims the socket before anything is launched. [NewServer] begins to record;
// [Server.Close] tells open streams the last that happened and gives everything back.
//
// # What it leaves out
//
// It does not know flags, terminals or hints, nor ports, CPU, memory and requests, which it is
// told through functions. Of a terminal it knows bytes and a size: an [Attacher] leads to it.
//
//	client, err := control.Dial(ctx, control.Where{Root: "."})
//	…
//	err = client.Restart(ctx, []string{"web"}, false, func(c control.Change) {
//		fmt.Printf("%s %s (pid %d, was %d)\n", c.After.Name, c.After.State, c.After.PID, c.Before.PID)
//	})
package control
