package output

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// How much is read at once. The longer the reads, the less time goes into waking who waits at
// the other end of the pipe; the shorter, the sooner others have the turn.
const (
	flood    = 256 << 10            // at most: it still fits into a processor's cache
	trickle  = 16 << 10             // at least: 50 ms of a terminal that takes 0.3 MB/s
	swift    = 2 * time.Millisecond // what is handed on in less is not much
	oneSlice = 500 * time.Microsecond
)

// carry takes the turn, and with it the mux's buffer, reads, and hands on the lines that are
// whole by then; at the end of the stream the unfinished one too. While a flood is handed on
// in no time it goes on for a slice: passing the turn on costs as much as a read.
func (r *reader) carry() error {
	m := r.launch.mux
	if !m.turn.take(r.launch.given) {
		return os.ErrClosed
	}
	defer m.turn.pass()
	for begun, spent := time.Now(), time.Duration(0); ; {
		data, err := r.next(m.buffer[:], m.most)
		if err != nil && err != io.EOF {
			return err
		}
		r.handOn(data, err)
		before := spent
		spent = time.Since(begun)
		m.adapt(r.got, spent-before)
		if err != nil || r.got < usualPipe || spent > oneSlice {
			return err
		}
	}
}

// adapt finds out how much can be read at once. The caller has the turn.
func (m *Mux) adapt(got int, took time.Duration) {
	switch {
	case took > swift:
		m.most = max(m.most/2, trickle)
	case got == m.most:
		m.most = min(m.most*2, flood)
	}
}

// next reads once, behind the unfinished line. The end is io.EOF, whatever ended it.
func (r *reader) next(buf []byte, most int) (data []byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, os.ErrClosed
	}
	n := copy(buf, r.rest)
	r.rest = r.rest[:0]
	r.into = buf[n : n+most]
	r.raw.Control(r.readOnce)
	if s := r.launch.mux.screen(r.launch.source.Instance); s != nil {
		r.launch.show(s, buf[:n+r.got], n)
	}
	r.due -= r.got
	if r.ended || r.answer == askEnd && r.due <= 0 {
		r.closed, err = true, io.EOF
	}
	r.launch.mux.owed.Add(int64(n + r.got))
	return buf[:n+r.got], err
}

// fill reads what is there into into. A pseudo-terminal ends with EIO.
func (r *reader) fill(fd uintptr) {
	n, err := unix.Read(int(fd), r.into)
	for err == unix.EINTR {
		n, err = unix.Read(int(fd), r.into)
	}
	r.got = max(n, 0)
	r.ended = n == 0 || err != nil && err != unix.EAGAIN
	if err == unix.EAGAIN {
		r.due = 0
	}
	if n >= usualPipe*3/4 && !r.wide && r.kind != TTY {
		widen(int(fd))
		r.wide = true
	}
}

// handOn writes the whole lines of data, and at the end what is left of it, or keeps that.
func (r *reader) handOn(data []byte, end error) {
	all := len(data)
	for {
		lines, _, piece := cut(data[:min(len(data), MaxLine+1)])
		if len(lines) == 0 {
			break
		}
		r.write(lines, piece)
		data = data[len(lines):]
	}
	handedOn := len(data) < all || end != nil
	if end != nil {
		r.write(data, false)
	} else {
		r.keep(data)
	}
	if r.answer == askLastWords && r.due <= 0 {
		r.say()
	}
	r.launch.mux.row.follow(r, handedOn, end != nil)
}

// keep keeps the start of a line for the next time.
func (r *reader) keep(rest []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.launch.mux.owed.Add(-int64(len(rest)))
	if r.closed { // from outside, while the sinks were busy
		r.launch.mux.lose(r.launch.lane, len(rest))
		return
	}
	r.rest = append(r.rest, rest...)
}

// write hands on one batch, with the newline that a piece and a last line lack.
func (r *reader) write(lines []byte, piece bool) {
	if len(lines) == 0 {
		return
	}
	m := r.launch.mux
	if n := len(lines); lines[n-1] != '\n' {
		lines = lines[:n+1]
		defer func(behind byte) { lines[n] = behind }(lines[n])
		lines[n] = '\n'
		m.owed.Add(1)
	}
	m.confess(r.launch.lane)
	m.batch = r.batch(lines, time.Now())
	m.batch.Cut = piece
	m.pay(&m.batch)
}

func (r *reader) batch(data []byte, at time.Time) Batch {
	return Batch{
		Source: r.launch.source, Launch: r.launch.number, PID: r.launch.pid,
		Stream: r.kind, Time: at, Data: data,
	}
}
