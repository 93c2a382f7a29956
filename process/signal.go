package process

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"supervise/signals"
)

func (r *reaper) signal(k Key, to Target, sigs []syscall.Signal) {
	l := r.launches[k]
	if l == nil {
		return
	}
	for _, sig := range sigs {
		if sig == l.spec.RestSignal {
			l.told = max(l.told, to)
		}
		if sig == syscall.SIGKILL && to == All {
			l.kill = true
		}
	}
	alive := l.death == nil
	switch {
	case alive && to == Leader:
		r.kill(l, l.pid, sigs)
	case alive:
		r.kill(l, -l.pid, sigs)
	}
	if to == All || to == Group && !alive {
		l.errands = append(l.errands, errand{to: to, sigs: sigs, rest: alive})
		r.errands = true
	}
}

// lastRites sees who is left by a leader, and sends them the rest signal: its group as
// one while the zombie pins the number, the others one by one.
func (r *reaper) lastRites(l *launch, pinned bool) {
	switch {
	case !r.family.adopted():
		l.left = l.left[:0]
	case !r.counted:
		r.counted = true
		r.census()
	}
	for _, p := range l.left {
		l.behind = append(l.behind, p.member())
	}
	sig := l.spec.RestSignal
	if sig == 0 {
		return
	}
	if pinned && l.told < Group {
		l.told = Group
		r.kill(l, -l.pid, []syscall.Signal{sig, syscall.SIGCONT})
	}
	for _, p := range l.left {
		if l.told == Leader || l.told == Group && !l.has(p, Group) {
			r.send(l, p, sig, syscall.SIGCONT)
		}
	}
	l.told = All
}

// kill signals a leader that is not reaped, or its group.
func (r *reaper) kill(l *launch, pid int, sigs []syscall.Signal) {
	for _, sig := range sigs {
		if err := syscall.Kill(pid, sig); errors.Is(err, syscall.EPERM) {
			r.deny(l, process{pid: l.pid, command: commandOf(l.pid)}, sig)
		}
	}
}

// send signals one of a launch that the last census found alive.
func (r *reaper) send(l *launch, p process, sigs ...syscall.Signal) {
	if sig, err := r.family.procs.deliver(p, sigs); errors.Is(err, syscall.EPERM) {
		r.deny(l, p, sig)
	}
}

func (r *reaper) deny(l *launch, p process, sig syscall.Signal) {
	if l.denied[p.pid] {
		return
	}
	l.denied[p.pid] = true
	e := l.event(Denied)
	e.Left = []Member{p.member()}
	e.Err = fmt.Errorf("cannot send %s to pid %d (%s), which belongs to another user: %w", signals.Name(sig), p.pid, strings.TrimSpace(p.command), syscall.EPERM)
	e.Time = time.Now()
	r.notify(e)
}
