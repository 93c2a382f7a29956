package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/term"

	"supervise/signals"
)

// child is the app of the scripts. It does what its arguments say, step after step, and
// ends with 0 after the last one:
//
//	say TEXT                  writes a line
//	mutter TEXT               writes without a newline
//	complain TEXT             writes a line on stderr
//	count N                   writes the lines 1 to N
//	create FILE               makes an empty file, for others to see how far it is
//	args ARG...               writes the rest of the arguments, quoted, one a line
//	env NAME                  writes NAME=value, or that NAME is not set
//	folder                    writes the current folder
//	terminals                 writes which of its streams are terminals
//	on SIGNAL TEXT CODE       from now on writes TEXT and exits with CODE when SIGNAL comes
//	answer SIGNAL AFTER TEXT  from now on writes TEXT so long after SIGNAL, and goes on
//	ignore SIGNAL
//	listen PORT
//	fork STEP... end          starts a child of its own with these steps
//	daemon STEP... end        the same, in a session of its own
//	hold                      waits for ever
//	exit CODE
//	die SIGNAL                ends by the signal
func child() {
	steps := os.Args[1:]
	for len(steps) > 0 {
		name, arguments := steps[0], steps[1:]
		step, known := childSteps[name]
		if !known || len(arguments) < step.arguments {
			fmt.Fprintf(os.Stderr, "child: cannot do %q\n", steps)
			os.Exit(99)
		}
		steps = step.do(arguments)
	}
}

// A childStep takes its arguments off the front of those that it is given, which are at
// least as many as it needs.
type childStep struct {
	arguments int
	do        func([]string) (rest []string)
}

var childSteps = map[string]childStep{
	"say":       {1, func(a []string) []string { fmt.Println(a[0]); return a[1:] }},
	"mutter":    {1, func(a []string) []string { fmt.Print(a[0]); return a[1:] }},
	"complain":  {1, func(a []string) []string { fmt.Fprintln(os.Stderr, a[0]); return a[1:] }},
	"count":     {1, count},
	"create":    {1, func(a []string) []string { check(os.WriteFile(a[0], nil, 0o600)); return a[1:] }},
	"args":      {0, writeArguments},
	"env":       {1, writeVariable},
	"folder":    {0, writeFolder},
	"terminals": {0, writeTerminals},
	"on":        {3, onSignal},
	"answer":    {3, answer},
	"ignore":    {1, func(a []string) []string { signal.Ignore(signalOf(a[0])); return a[1:] }},
	"listen":    {1, listen},
	"fork":      {0, func(a []string) []string { return fork(a, nil) }},
	"daemon":    {0, func(a []string) []string { return fork(a, &syscall.SysProcAttr{Setsid: true}) }},
	"hold":      {0, hold},
	"exit":      {1, func(a []string) []string { os.Exit(number(a[0])); return nil }},
	"die":       {1, func(a []string) []string { syscall.Kill(os.Getpid(), signalOf(a[0])); return hold(a) }},
}

func count(a []string) []string {
	for n := range number(a[0]) {
		fmt.Println(n + 1)
	}
	return a[1:]
}

func writeArguments(a []string) []string {
	for _, argument := range a {
		fmt.Printf("%q\n", argument)
	}
	return nil
}

func writeVariable(a []string) []string {
	if value, ok := os.LookupEnv(a[0]); ok {
		fmt.Printf("%s=%s\n", a[0], value)
	} else {
		fmt.Printf("%s is not set\n", a[0])
	}
	return a[1:]
}

func writeFolder(a []string) []string {
	dir, err := os.Getwd()
	check(err)
	fmt.Println(dir)
	return a
}

func writeTerminals(a []string) []string {
	for _, file := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		fmt.Printf("%s %t\n", file.Name(), term.IsTerminal(int(file.Fd())))
	}
	return a
}

func onSignal(a []string) []string {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, signalOf(a[0]))
	go func() {
		<-heard
		fmt.Println(a[1])
		os.Exit(number(a[2]))
	}()
	return a[3:]
}

func answer(a []string) []string {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, signalOf(a[0]))
	delay, err := time.ParseDuration(a[1])
	check(err)
	go func() {
		for range heard {
			time.AfterFunc(delay, func() { fmt.Println(a[2]) })
		}
	}()
	return a[3:]
}

func listen(a []string) []string {
	listener, err := net.Listen("tcp", ":"+a[0])
	check(err)
	fmt.Println("listening on", a[0])
	go listener.Accept() // nobody comes, and the listener stays in use
	return a[1:]
}

func fork(a []string, attributes *syscall.SysProcAttr) []string {
	end := slices.Index(a, "end")
	if end < 0 {
		end = len(a) - 1
	}
	cmd := exec.Command("child", a[:end]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = attributes
	check(cmd.Start())
	return a[end+1:]
}

func hold([]string) []string {
	// Having asked for any signal keeps the runtime from calling this a deadlock.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGIO)
	select {}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func signalOf(name string) syscall.Signal {
	sig, err := signals.Parse(name)
	check(err)
	return sig
}

func check(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "child: %v\n", err)
		os.Exit(99)
	}
}
