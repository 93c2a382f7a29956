package process

import (
	"os"
	"syscall"
	"time"
)

const (
	restGrace      = 2 * time.Second // for what a one-off leaves behind, from SIGTERM to SIGKILL
	strangersGrace = time.Second     // for everybody else, after that
)

var oneOff = Key{Name: "run", Launch: 1}

// RunAsInit runs s as the one thing that PID 1 is there for, on our own stdin, stdout and
// stderr and on our terminal, and returns how it ended; the error is that of a launch that
// failed. Every signal from incoming goes to the child's group as it is, beginning when
// there is one. Strangers are reaped. When the child is stopped it is continued, since PID 1
// has no shell that could. When it has ended, what is left gets SIGTERM and SIGCONT, and
// SIGKILL after 2 s; then everybody else in the namespace is stopped within 1 s.
func RunAsInit(s Spec, incoming <-chan syscall.Signal) (Status, error) {
	term := findTerminal()
	s.Stdin, s.Stdout, s.Stderr = os.Stdin, os.Stdout, os.Stderr
	s.sys, s.RestSignal, s.LeaveDaemons = term.attr(), syscall.SIGTERM, false
	events := newQueue[Event]()
	t, err := newTable(events.put, func(group int) {
		term.give(group)
		syscall.Kill(-group, syscall.SIGCONT)
	})
	if err != nil {
		return Status{}, err
	}
	defer func() { t.Close(time.Now().Add(strangersGrace)) }()
	t.Launch(oneOff, s)
	return t.watch(events, incoming, term)
}

// watch sees the one-off through to its end.
func (t *Table) watch(events *queue[Event], incoming <-chan syscall.Signal, term terminal) (status Status, err error) {
	var signals <-chan syscall.Signal // incoming, while there is a child
	var kill, giveUp <-chan time.Time
	for {
		select {
		case sig, ok := <-signals:
			if !ok {
				signals = nil
				break
			}
			t.Signal(oneOff, Group, sig)
		case <-kill:
			t.Signal(oneOff, All, syscall.SIGKILL)
		case <-giveUp:
			return status, nil
		case <-events.ready:
			for e, ok := events.take(); ok; e, ok = events.take() {
				switch e.Kind {
				case Launched:
					signals = incoming
				case Failed:
					return status, e.Err
				case Exited:
					status, signals = e.Status, nil
					term.give(syscall.Getpgrp())
					kill, giveUp = time.After(restGrace), time.After(restGrace+strangersGrace)
				case Gone:
					return status, nil
				}
			}
		}
	}
}
