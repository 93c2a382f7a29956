package output

import (
	"strings"
	"sync"
)

// A fakeTerminal is a sink's terminal, and knows what its user sees: text, in rows that wrap.
// It understands what text and last rows are made of, and shows anything else as it is.
type fakeTerminal struct {
	mu      sync.Mutex
	columns int
	rows    [][]string // of cells; a wide one is followed by an empty one
	column  int        // of the cursor, which is in the last row
	nowrap  bool
	writes  int
}

func newFakeTerminal(columns int) *fakeTerminal {
	return &fakeTerminal{columns: columns, rows: [][]string{nil}}
}

func (f *fakeTerminal) width() int { return f.columns }

func (f *fakeTerminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	for cells := widths.BytesGraphemes(p); cells.Next(); {
		f.put(string(cells.Value()), cells.Width())
	}
	return len(p), nil
}

func (f *fakeTerminal) put(cell string, width int) {
	last := &f.rows[len(f.rows)-1]
	switch {
	case cell == "\r":
		f.column = 0
	case cell == "\n":
		f.rows, f.column = append(f.rows, nil), 0
	case cell == "\x1b[J":
		*last = (*last)[:f.column]
	case cell == "\x1b[?7l", cell == "\x1b[?7h":
		f.nowrap = cell == "\x1b[?7l"
	case strings.HasPrefix(cell, "\x1b[") && strings.HasSuffix(cell, "m"):
	case f.column+width <= f.columns:
		*last = append((*last)[:f.column], append([]string{cell}, make([]string, width-1)...)...)
		f.column += width
	case f.nowrap: // it is written over the last cell; nothing of ours comes to that
		panic("not cut: " + cell)
	default:
		f.put("\n", 0)
		f.put(cell, width)
	}
}

func (f *fakeTerminal) seen() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rows []string
	for _, row := range f.rows {
		rows = append(rows, strings.Join(row, ""))
	}
	return strings.Join(rows, "\n")
}
