// Package output turns the bytes of many instances into one ordered stream of
// records and writes them to sinks.
//
// # The path of a line
//
//	child ─▶ pipe or pty ─▶ reader (one goroutine a stream) ─▶ Batch ─▶ Mux ─▶ tail, every Sink
//
// A reader waits in the poller, then for its turn, with nothing in its hands. With the
// turn it has the mux's one buffer: it reads, cuts after the last newline, and the sinks
// take the whole lines as batches while they are warm in the cache. Lines never cross
// goroutines, and nothing is allocated for them. The rest, an unfinished line, the reader
// keeps until its newline or the end of the stream comes. A line longer than [MaxLine] goes
// on in pieces, marked Cut. So memory is constant whatever a thousand children do: silent
// or flooding, what waits does so in their pipes.
//
// How much is read at once follows from how fast it is handed on: a pipe that was found
// full is widened, and as much of it is read as the sinks take in some 2 ms, between 16 and
// 256 KiB.
//
// A text sink on a terminal shows one unfinished line below all others, in the last row: of
// those older than [LastRowAfter] the one that began last. It is wiped before lines that pass
// and drawn again behind them, in the same write. [Mux.HideRow] wipes it for the shell that a
// Ctrl-Z gives the terminal to; while supervise is in the background there is none.
//
// A [Screen] is shown the bytes of one instance as they are read, for somebody who types on its
// terminal. The carriage return that most programs leave to the terminal is added for it alone, so
// that records, and the counts of their bytes, are what was written.
//
// # What it promises
//
//   - Within one stream no line is torn, lost or reordered, at the end included: a
//     last line without newline is a line.
//   - Between the two streams of one instance, and between instances, the order is
//     that in which the bytes were read: close to the order of writing, not equal.
//   - The turn is passed on in the order of asking, and kept for some milliseconds at most
//     unless a sink stalls: so long a flooding instance delays another's line.
//   - Back-pressure, not loss: the turn ends when every sink has taken the batch. While
//     standard output is blocked the readers wait, hence the children, hence
//     [Mux.Notice]; nothing else in supervise does. A sink that talks to a network
//     stands behind a [Queue], which drops, counts and tells in-band.
//   - A launch's exit notice follows its last words: what is read until its streams end
//     or [LastWords] have passed, and all that is in its pipes by then. The next launch's
//     first line follows the notice. The launch itself waits for nothing.
//   - Notices are written in the order in which they were given, about whichever
//     instances: the line about an effect follows the one about its cause.
//   - What is lost all the same is counted and said: what has not been brought in when
//     [Mux.Close] runs out of time, output older than one earlier launch while standard
//     output is blocked, and what a sink refused: for good (EPIPE, EIO), or while its
//     disk was full.
//   - A stream that outlives its launch by [Leftover] is closed, after what is in it was
//     read: somebody has it whom we do not know.
//
// # Who closes
//
// [Mux.Open] makes the pipes of one launch. They are the [Launch]'s: it closes the
// child's ends when it is told of the fork or its failure, and its own at end of file. With
// [Mux.OpenTerminal] it takes over the ends of a pseudo-terminal that somebody else has made.
//
//	l, err := mux.Open(output.Source{Type: "web", Instance: "web.1"}, 1)
//	stdout, stderr := l.Child()
//	… fork …
//	l.Forked(pid); l.Listen()
//	… the leader dies …
//	l.Exited(output.Notice{Text: "web.1 exited 1 after 3.2s", Event: "exited", Cause: "exit status 1"})
//	… nobody of it is left …
//	l.Gone()
//
// # What it leaves out
//
// It does not know what a process is, what a state is, or why a line was written.
// Supervise's own lines are records of the instance "system" like any other.
package output
