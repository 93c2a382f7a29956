package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"supervise/signals"
)

// patience is more than even a busy machine needs, unless something is wrong.
const patience = 30 * time.Second

// commands are what scripts can do beside testscript's own. END is an exit code, or the
// name of the signal that killed the program.
//
//	exits END PROGRAM [ARG]...       runs it
//	background NAME PROGRAM [ARG]... starts it; its output goes to NAME.out and NAME.err
//	signal NAME SIGNAL               signals what background has started
//	ends NAME END                    waits for what background has started
//	waitfor FILE REGEXP              waits until a line of NAME.out or NAME.err matches
//	freeport                         sets BASE to a base port, for this script alone
//
// After exits and ends, stdout and stderr are the program's, as [masked] writes them.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":      exits,
	"background": background,
	"signal":     sendSignal,
	"ends":       ends,
	"waitfor":    waitFor,
	"freeport":   freePort,
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "exits END PROGRAM [ARG]...")
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("cannot run %s: %v", args[1], err)
	}
	out, errs := masked(ts, ts.ReadFile("stdout")), masked(ts, ts.ReadFile("stderr"))
	fmt.Fprint(ts.Stdout(), out)
	fmt.Fprint(ts.Stderr(), errs)
	got := "0"
	if exit != nil {
		got = ending(exit.ProcessState)
	}
	if got != args[0] {
		ts.Fatalf("%s ended with %s, want %s", args[1], got, args[0])
	}
}

func background(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "background NAME PROGRAM [ARG]...")
	jobsOf(ts).start(ts, args[0], args[1:])
}

func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 2, "signal NAME SIGNAL")
	sig, err := signals.Parse(args[1])
	ts.Check(err)
	ts.Check(jobsOf(ts).find(ts, args[0]).Process.Signal(sig))
}

func ends(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 2, "ends NAME END")
	job := jobsOf(ts).find(ts, args[0])
	<-job.ended
	fmt.Fprint(ts.Stdout(), masked(ts, ts.ReadFile(args[0]+".out")))
	fmt.Fprint(ts.Stderr(), masked(ts, ts.ReadFile(args[0]+".err")))
	if got := ending(job.ProcessState); got != args[1] {
		ts.Fatalf("%s ended with %s, want %s", args[0], got, args[1])
	}
}

func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 2, "waitfor FILE REGEXP")
	want, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	name, _, _ := strings.Cut(args[0], ".")
	writer := jobsOf(ts).find(ts, name)
	var text []byte
	within(patience, func() bool {
		ended := writer.hasEnded()
		text, _ = os.ReadFile(ts.MkAbs(args[0]))
		return ended || want.Match(text)
	})
	if !want.Match(text) {
		ts.Fatalf("%s has no line like %s:\n%s", args[0], args[1], text)
	}
}

// freePort claims a thousand ports below those that the system gives away (Linux:
// net.ipv4.ip_local_port_range), by listening on the last one.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 0, "freeport")
	claim := func() bool {
		for base := 10000; base < 32000; base += 1000 {
			claimed, err := net.Listen("tcp", fmt.Sprintf(":%d", base+999))
			if err == nil {
				ts.Defer(func() { claimed.Close() })
				ts.Setenv("BASE", strconv.Itoa(base))
				ts.Setenv("SUPERVISE_NO_PORT", "false")
				return true
			}
		}
		return false
	}
	if !within(patience, claim) {
		ts.Fatalf("every thousand ports from 10000 to 31999 is taken")
	}
}

func usage(ts *testscript.TestScript, neg, ok bool, line string) {
	if neg || !ok {
		ts.Fatalf("usage: %s", line)
	}
}

// masked is output without what differs from run to run: clock times, uptimes, pids, the
// script's folder. The ports of freeport are shown as if its base were 15000.
func masked(ts *testscript.TestScript, output string) string {
	for _, m := range masks {
		output = m.old.ReplaceAllString(output, m.new)
	}
	if base := ts.Getenv("BASE"); base != "" {
		output = regexp.MustCompile(`\b`+base[:2]+`(\d{3})\b`).ReplaceAllString(output, "15$1")
	}
	return strings.ReplaceAll(output, ts.Getenv("WORK"), "$WORK")
}

var masks = []struct {
	old *regexp.Regexp
	new string
}{
	{regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `), "15:04:05 "},
	{regexp.MustCompile(`\bpid \d+`), "pid PID"},
	{regexp.MustCompile(`\bwas \d+\)`), "was PID)"},
	{regexp.MustCompile(`\bkill -CONT \d+`), "kill -CONT PID"},
	{regexp.MustCompile(`\brun\.\d+`), "run.PID"},
	{regexp.MustCompile(` after [\d.]+m?s`), " after TIME"},
	{regexp.MustCompile(` PATH "[^"]*"( \(\d+ folders\))?`), ` PATH "$$PATH"`},
}

// ending is how a program ended: its exit code, or the signal that killed it.
func ending(state *os.ProcessState) string {
	if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
		return signals.Name(status.Signal())
	}
	return strconv.Itoa(state.ExitCode())
}
