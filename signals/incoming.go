package signals

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Incoming is what the supervisor hears. Listen makes it. Its methods belong to the
// goroutine that called Listen; the channel that C returns belongs to anybody.
//
// Each kind has a slot of its own, because signal.Notify drops what finds its channel
// full: in one shared channel a storm of SIGTERM would hide a SIGINT.
type Incoming struct {
	c          chan syscall.Signal
	slots      map[syscall.Signal]chan os.Signal
	subscribed chan struct{} // closed when all that was asked for so far is heard
	relays     sync.WaitGroup
}

// Listen hears the signals that would end us: SIGTERM, SIGINT, SIGHUP and SIGQUIT.
// It also makes a write to a broken pipe an error (EPIPE) instead of our death, on
// stdout and stderr too; children still start with SIGPIPE's default action, which
// ignoring it would have taken from them (golang/go#11845).
//
// A SIGHUP or SIGINT that our parent had us ignore stays ignored, as nohup(1) and a
// shell's & expect; the Go runtime keeps no other (os/signal).
//
// It returns within microseconds and subscribes meanwhile, which takes some tenths of
// a millisecond: C waits for it.
func Listen() *Incoming {
	in := &Incoming{
		c:          make(chan syscall.Signal),
		slots:      make(map[syscall.Signal]chan os.Signal),
		subscribed: make(chan struct{}),
	}
	close(in.subscribed)
	in.Add(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	return in
}

// Add hears more signals, in this order, and does not wait for it either. Those that
// are heard already, and a SIGHUP or SIGINT that stays ignored, it leaves as they are.
// Once SIGTSTP was added, who wants to be stopped sends itself SIGSTOP: the Go runtime
// does not give the default action back.
func (in *Incoming) Add(sigs ...syscall.Signal) {
	before, subscribed := in.subscribed, make(chan struct{})
	in.subscribed = subscribed
	go func() {
		<-before
		for _, sig := range sigs {
			if in.slots[sig] == nil && !signal.Ignored(sig) {
				in.hear(sig)
			}
		}
		close(subscribed)
	}()
}

// hear subscribes to one kind and relays it.
func (in *Incoming) hear(sig syscall.Signal) {
	slot := make(chan os.Signal, 1)
	in.slots[sig] = slot
	signal.Notify(slot, sig)
	if sig == syscall.SIGPIPE {
		return // having asked for it is all that counts
	}
	in.relays.Go(func() {
		for range slot {
			in.c <- sig
		}
	})
}

// C gives what is heard, one by one; kinds that wait take turns. While nobody reads,
// two signals of a kind are kept (a second Ctrl-C counts), more are merged. Stop
// closes it. C returns when all that was asked for is heard: call it before the first
// launch, so that no signal can end us and leave something behind.
func (in *Incoming) C() <-chan syscall.Signal {
	<-in.subscribed
	return in.c
}

// Stop gives every signal back the action it had, so that the next SIGTERM kills us
// (SIGTSTP excepted, see Add), and returns what was heard and not read: nothing falls
// between the two. Call it once, where a command wants default actions or becomes
// another program by execve.
func (in *Incoming) Stop() []syscall.Signal {
	<-in.subscribed
	for _, slot := range in.slots {
		signal.Stop(slot)
		close(slot)
	}
	go func() {
		in.relays.Wait()
		close(in.c)
	}()
	var unread []syscall.Signal
	for sig := range in.c {
		unread = append(unread, sig)
	}
	return unread
}
