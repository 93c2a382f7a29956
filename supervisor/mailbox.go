package supervisor

import "sync"

// mailbox is the loop's queue. It is unbounded, so that nobody who reports to the
// loop can be blocked by it while the loop waits for them; what is in it is bounded
// by the launches there are and by the requests that control lets in.
type mailbox struct {
	wake chan struct{} // holds one token while there may be something to take

	mu     sync.Mutex
	queue  []message
	closed bool
}

// message is one input for the plan, and where the answer to a command goes.
type message struct {
	in    any
	reply chan error // buffered; nil for reports
}

func newMailbox() *mailbox {
	return &mailbox{wake: make(chan struct{}, 1)}
}

// put says whether the message will be read.
func (b *mailbox) put(m message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.queue = append(b.queue, m)
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

func (b *mailbox) take() []message {
	b.mu.Lock()
	defer b.mu.Unlock()
	queue := b.queue
	b.queue = nil
	return queue
}

// close refuses what is left and what is to come.
func (b *mailbox) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	for _, m := range b.take() {
		if m.reply != nil {
			m.reply <- ErrEnding
		}
	}
}
