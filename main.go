// Supervise runs the processes of a Procfile: on a laptop, as PID 1 of a container,
// and for one-offs.
package main

import (
	"os"

	"supervise/cli"
	"supervise/process"
	"supervise/signals"
)

func main() {
	if process.Guard() { // we were the guardian of another supervise
		return
	}
	incoming := signals.Listen()
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, incoming))
}
