package output

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What a reader can be asked for, each more than the one before.
const (
	askLastWords int32 = iota + 1 // close said when what is in the pipe now is handed on
	askEnd                        // and then stop reading
)

// A reader carries the lines of one stream from its pipe to the mux. It is one goroutine,
// which waits with nothing but its unfinished line: for something to read, then for its
// turn, and reads when it has it.
type reader struct {
	launch  *Launch
	file    *os.File
	raw     syscall.RawConn
	kind    Stream
	said    chan struct{} // closed when the last words are handed on, or by the end
	stopped chan struct{} // closed when nothing comes any more

	asked  atomic.Int32
	answer int32 // what is being answered, until due more bytes are handed on
	due    int

	readable func(fd uintptr) bool // isReadable, bound once
	woken    bool
	poll     [1]unix.PollFd

	into     []byte
	readOnce func(fd uintptr) // fill, bound once
	got      int
	ended    bool
	wide     bool // the pipe was widened, or cannot be

	began time.Time // when rest did, if the last row may show it; belongs to who has the turn

	mu     sync.Mutex
	rest   []byte // the unfinished line; changed only by who has the turn
	closed bool   // nothing of this stream is read any more
}

func newReader(l *Launch, kind Stream, pipe *os.File) (*reader, error) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &reader{
		launch: l, file: pipe, raw: raw, kind: kind,
		said: make(chan struct{}), stopped: make(chan struct{}),
	}
	r.readable, r.readOnce = r.isReadable, r.fill
	return r, nil
}

// run reads until the end of the stream, or until it is asked to end or given up.
func (r *reader) run() {
	defer r.stop()
	if l := r.launch; !wait(l.after, l.given) || !wait(l.heard, l.given) {
		return
	}
	for err := error(nil); err == nil; {
		r.woken = false
		err = r.raw.Read(r.readable)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = r.hear()
		}
		if err == nil {
			err = r.carry()
		}
	}
}

// stop ends the stream. It may be called in place of run.
func (r *reader) stop() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.file.Close()
	r.say()
	close(r.stopped)
}

func (r *reader) say() {
	if !isClosed(r.said) {
		close(r.said)
	}
}

// ask wakes the reader by a deadline that has passed. It may be called from any goroutine.
func (r *reader) ask(what int32) {
	if isClosed(r.stopped) {
		return
	}
	for old := r.asked.Load(); old < what && !r.asked.CompareAndSwap(old, what); {
		old = r.asked.Load()
	}
	r.file.SetReadDeadline(time.Unix(1, 0))
}

// hear finds out what was asked. What is in the pipe now is the answer: however long the
// sinks take, what was written before the question is not lost.
func (r *reader) hear() error {
	err := r.file.SetReadDeadline(time.Time{}) // first, or a question that comes now would be lost
	r.answer, r.due = r.asked.Load(), r.unread()
	return err
}

// isReadable is called by the poller's side of the file. It reads nothing, so no memory is
// needed while a stream is silent. It looks before it sleeps, because the poller tells of
// new bytes once (EPOLLET, epoll(7)), and perhaps has done so already. While an answer is due
// it does not sleep.
func (r *reader) isReadable(fd uintptr) bool {
	if r.woken || r.due > 0 {
		return true
	}
	r.woken = true
	r.poll[0] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	n, err := unix.Poll(r.poll[:], 0)
	return n > 0 || err != nil
}

// giveUp ends the reader from outside, without waiting for it, and returns how many bytes
// will not be handed on.
func (r *reader) giveUp() (bytes int) {
	r.mu.Lock()
	if !r.closed {
		r.closed, bytes = true, len(r.rest)+r.discard()
	}
	r.mu.Unlock()
	r.file.Close()
	return bytes
}

func (r *reader) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// wait waits for c and reports whether it came before given was closed.
func wait(c, given <-chan struct{}) bool {
	select {
	case <-c:
		return true
	case <-given:
		return false
	}
}

// unread returns how many bytes are in the pipe, 0 for a closed one. Of a pseudo-terminal only
// reading tells, until nothing is there: for it unread is more than it can hold, which is some
// 20 KiB on Linux, of which FIONREAD sees at most 4.
func (r *reader) unread() int {
	if r.kind == TTY {
		return 64 << 10
	}
	n := 0
	r.raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), fionread) })
	return max(n, 0)
}

// discard counts the bytes that nobody will read.
func (r *reader) discard() (bytes int) {
	if r.kind != TTY {
		return r.unread()
	}
	r.raw.Control(func(fd uintptr) {
		var scratch [4096]byte
		for most := r.unread(); bytes < most; {
			n, err := unix.Read(int(fd), scratch[:])
			if n <= 0 && err != unix.EINTR {
				return
			}
			bytes += max(n, 0)
		}
	})
	return bytes
}
