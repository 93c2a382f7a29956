// Supervise runs the processes of a Procfile: on a laptop, as PID 1 of a container,
// and for one-offs.
package main

import (
	"os"

	"supervise/cli"
	"supervise/signals"
)

func main() {
	incoming := signals.Listen()
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, incoming))
}
