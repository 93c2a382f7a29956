package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Suspend is what a Ctrl-Z asks for: it stops every launch, then this process, so that the
// shell gives its prompt, and when somebody continues this process (fg sends SIGCONT) it
// continues the launches and returns. All get SIGSTOP, because SIGTSTP is discarded in groups
// like theirs, whose shell is in another session (POSIX, General Terminal Interface, Orphaned
// Process Groups). No fork happens meanwhile.
//
// For the same reason it does nothing, and returns false, where nobody could continue us: as
// PID 1, as the first of a terminal, under setsid(1). That is what the kernel does too.
func (t *Table) Suspend() bool {
	if !continuable() {
		return false
	}
	done := make(chan struct{})
	t.reaper.inbox.put(func() {
		t.reaper.suspend()
		close(done)
	})
	<-done
	return true
}

// StopSelf is what a Ctrl-Z asks of a program that has nobody below it. It returns when somebody
// has continued it, and at once, with false, where nobody could.
func StopSelf() bool {
	if !continuable() {
		return false
	}
	stopSelf()
	return true
}

func (r *reaper) suspend() {
	r.forker.flying.Lock()
	defer r.forker.flying.Unlock()
	r.forker.guard() // or nobody would sweep if we were killed while we are stopped
	r.obey()         // whoever was forked last is a launch now
	r.tellAll(syscall.SIGSTOP)
	stopSelf()
	r.tellAll(syscall.SIGCONT)
}

// tellAll signals everybody of every launch before it returns.
func (r *reaper) tellAll(sig syscall.Signal) {
	for k := range r.launches {
		r.signal(k, All, []syscall.Signal{sig})
	}
	r.census()
	r.runErrands()
}

// continuable tells whether our process group is not orphaned: whether one of us has a
// parent in another group of our session, which is a shell or will act like one. Of us we know
// our ancestors.
func continuable() bool {
	procs := newLister()
	defer procs.close()
	ours, _ := unix.Getsid(0) // cannot fail
	for pid := os.Getppid(); pid > 0; {
		session, err := unix.Getsid(pid)
		group, gone := unix.Getpgid(pid)
		switch {
		case err != nil || gone != nil || session != ours:
			return false
		case group != syscall.Getpgrp():
			return true
		}
		ancestor, _ := procs.read(pid)
		pid = ancestor.parent
	}
	return false
}
