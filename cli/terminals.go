package cli

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/term"

	"supervise/output"
	"supervise/process"
	"supervise/supervisor"
)

// The size of instances' terminals where we have none to measure, and how narrow they get at
// most: below that programs draw nonsense.
const (
	usualColumns = 80
	usualRows    = 24
	minColumns   = 20
)

// terminals knows the size of instances' terminals: that of ours, less what stands before each
// line. Nil is that they have none.
type terminals struct {
	std    Streams
	prefix int // columns
}

// terminals follows --pty.
func (c *command) terminals(s *settings, look output.TextOptions) *terminals {
	if s.pty.value == "never" || s.pty.value == "auto" && !c.onTerminal() {
		return nil
	}
	t := &terminals{std: c.std}
	if s.logFormat.value == "text" {
		t.prefix = look.PrefixWidth()
	}
	return t
}

func (t *terminals) size() (columns, rows int) {
	if ours := t.std.terminal(); ours != nil {
		columns, rows, _ = term.GetSize(int(ours.Fd()))
	}
	if columns == 0 || rows == 0 { // nobody has said yet: docker does so after the start
		return usualColumns, usualRows
	}
	return max(columns-t.prefix, minColumns), rows
}

// columns is how wide the terminal is that stdout is, 0 while it is not ours to draw on.
func (c *command) columns() int {
	if !process.InForeground(c.std.Out) {
		return 0
	}
	columns, _, err := term.GetSize(int(c.std.Out.Fd()))
	if columns == 0 && err == nil { // nobody has said yet
		return usualColumns
	}
	return columns
}

// fit gives a launch's terminal its size: that of the window of whoever is attached, else that
// of ours. A launch that has none, or no longer, needs nothing. The caller holds l.mu.
func (l *launcher) fit(id supervisor.ID, p *present) {
	if p.terminal == nil {
		return
	}
	columns, rows := l.terminals.size()
	if s := l.seats[id]; s != nil && s.columns > 0 {
		columns, rows = s.columns, s.rows
	}
	process.Resize(p.terminal, columns, rows)
}

// resize fits the terminals of these instances, or of all, and tells those who run on them.
func (l *launcher) resize(ids ...supervisor.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for launch, p := range l.here {
		if p.terminal != nil && (len(ids) == 0 || slices.Contains(ids, launch.ID)) {
			l.fit(launch.ID, p)
			l.table.Signal(keyOf(launch), process.Group, syscall.SIGWINCH)
		}
	}
}

// terminal is the stream of ours that is a terminal; of several stdout.
func (s Streams) terminal() *os.File {
	for _, f := range []*os.File{s.Out, s.Err, s.In} {
		if term.IsTerminal(int(f.Fd())) {
			return f
		}
	}
	return nil
}
