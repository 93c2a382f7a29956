package output

import (
	"bytes"
	"context"
)

// Screen is shown what an instance writes on its terminal ([Mux.Show]). Its methods are called
// by one goroutine at a time, and must neither block nor keep what they get.
type Screen interface {
	// Show adds bytes as they were written, but for carriage returns, see [Mux.OpenTerminal].
	Show(p []byte)
	// Say adds a record of supervise itself about the instance. It may quote what comes from
	// elsewhere, like the name of a process: see [Printable].
	Say(b *Batch)
}

// Printable is what a terminal may show of a line that nobody vouches for: text and colours, see
// [TextOptions].
func Printable(line []byte) []byte { return appendSafe(nil, line) }

// Show gives s the last lines of an instance and its unfinished one, and then, as they are read,
// the bytes of all its launches, until hide is called. Before their launch's turn they are not
// read: while the sinks are blocked, a screen stands still, and so does the call, until ctx ends.
//
// What comes is raw, and so is the unfinished line: it may end with a question to the terminal
// (for the cursor's position, say) on whose answer the program waits. Lines before it have no
// escape sequence left but colours: their questions nobody asks any more.
func (m *Mux) Show(ctx context.Context, instance string, s Screen, lines int) (hide func(), err error) {
	if !m.turn.take(ctx.Done()) {
		return nil, ctx.Err()
	}
	defer m.turn.pass()
	m.mu.Lock()
	ln := m.lanes[instance]
	m.screens[instance] = s
	m.mu.Unlock()
	kept, _ := m.tail.Since(instance, 0)
	replay(s, lastRecords(kept, lines))
	if ln != nil {
		for _, r := range ln.newest.readers {
			s.Show(r.unfinished())
		}
	}
	return func() { m.hide(instance, s) }, nil
}

func (m *Mux) hide(instance string, s Screen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.screens[instance] == s {
		delete(m.screens, instance)
	}
}

// screen is who is shown what an instance writes; nil: nobody. The caller has the turn.
func (m *Mux) screen(instance string) Screen {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.screens[instance]
}

// replay shows what was written before. Each line ends as on a terminal, without its colours.
func replay(s Screen, kept []Batch) {
	for _, b := range kept {
		if b.Stream == System {
			s.Say(&b)
			continue
		}
		for line := range b.Lines() {
			s.Show(append(appendVisible(nil, line), "\r\n"...))
		}
	}
}

// lastRecords keeps the last n lines.
func lastRecords(kept []Batch, n int) []Batch {
	for i := len(kept) - 1; i >= 0; i-- {
		lines := bytes.Count(kept[i].Data, []byte{'\n'})
		if lines < n {
			n -= lines
			continue
		}
		for ; lines > n; lines-- {
			_, kept[i].Data, _ = bytes.Cut(kept[i].Data, []byte{'\n'})
		}
		return kept[i:]
	}
	return kept
}

// show shows what has been read behind the first n bytes of data. The modes are asked for after
// the read: what was written after a program had cleared ONLCR stays as it was written.
func (l *Launch) show(s Screen, data []byte, n int) {
	fresh := data[n:]
	if l.maps != nil && l.maps() {
		fresh = mapNewlines(fresh, n > 0 && data[n-1] == '\r')
	}
	s.Show(fresh)
}

// mapNewlines is a copy of p with a carriage return before each newline that has none.
func mapNewlines(p []byte, returned bool) []byte {
	mapped := make([]byte, 0, len(p)+bytes.Count(p, []byte{'\n'}))
	for _, c := range p {
		if c == '\n' && !returned {
			mapped = append(mapped, '\r')
		}
		mapped = append(mapped, c)
		returned = c == '\r'
	}
	return mapped
}

// unfinished is a copy of the line that has not ended.
func (r *reader) unfinished() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.rest)
}
