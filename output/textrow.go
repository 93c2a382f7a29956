package output

import (
	"bytes"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// The last row is drawn without wrapping (DECAWM of the VT100), whatever the terminal makes of
// its characters, and the cursor goes back to where it begins: a terminal that is made
// narrower and wraps it then takes the cursor along, so that erasing from there to the end
// (ED, ECMA-48 8.3.39) takes all of it away.
const (
	beginRow = "\x1b[?7l"
	endRow   = resetColor + "\x1b[?7h\r"
	wipeRow  = "\r\x1b[J"
)

const (
	widestRow = 1000 // columns that are kept of a row
	tabStop   = 8
	ellipsis  = "…"
)

// A textWithRow is text on a terminal that shows an unfinished line in its last row. Whatever
// it writes takes the row away first, and draws it again below, in the same write.
type textWithRow struct {
	text
	row    []byte // what is to be seen; empty: nothing
	origin origin // of that line
	drawn  int    // how wide the terminal was when row was drawn; 0: it is not there
}

// An origin tells streams apart.
type origin struct {
	Source
	launch int
	stream Stream
}

func originOf(b *Batch) origin { return origin{b.Source, b.Launch, b.Stream} }

func (t *textWithRow) Write(b *Batch) error {
	if originOf(b) == t.origin { // these lines begin with what the row shows
		t.row = t.row[:0]
	}
	out, err := t.appendLines(t.wipe(t.out[:0]), b)
	if err != nil {
		return err
	}
	t.out = t.draw(out)
	return t.w.write(t.out)
}

func (t *textWithRow) showRow(b *Batch) {
	var row []byte
	if b != nil {
		row, t.origin = t.rowOf(b), originOf(b)
	}
	if bytes.Equal(row, t.row) && t.drawn == t.o.Columns() {
		return
	}
	t.row = row
	t.out = t.draw(t.wipe(t.out[:0]))
	t.w.write(t.out)
}

// rowOf returns the line as it would be shown, as far as it is there: prefix and text, with
// spaces for tabs. A line of which nothing can be seen has none.
func (t *textWithRow) rowOf(b *Batch) []byte {
	line := appendVisible(nil, b.Data)
	if widths.Bytes(line) == 0 {
		return nil
	}
	return appendCut(nil, append(t.prefixOf(b), line...), widestRow)
}

// wipe appends what takes the row away. If the terminal is somebody else's meanwhile, the row
// has scrolled up and the last row is theirs.
func (t *textWithRow) wipe(out []byte) []byte {
	if t.drawn > 0 && t.o.Columns() > 0 {
		out = append(out, wipeRow...)
	}
	t.drawn = 0
	return out
}

// draw appends what draws the row.
func (t *textWithRow) draw(out []byte) []byte {
	if len(t.row) == 0 {
		return out
	}
	if t.drawn = t.o.Columns(); t.drawn == 0 {
		return out
	}
	out = append(out, beginRow...)
	out = appendCut(out, t.row, t.drawn)
	return append(out, endRow...)
}

// widths knows how many columns a character takes, and that colours take none.
var widths = displaywidth.Options{ControlSequences: true}

// appendCut appends as much of row as there are columns for, with an ellipsis for the rest.
func appendCut(out, row []byte, columns int) []byte {
	width, most := 0, len(out) // the longest that leaves room for an ellipsis
	for cells := widths.BytesGraphemes(row); cells.Next(); {
		cell, n := string(cells.Value()), cells.Width()
		if cell == "\t" {
			n = tabStop - width%tabStop
			cell = strings.Repeat(" ", n)
		}
		if width += n; width > columns {
			return append(out[:most], ellipsis...)
		}
		out = append(out, cell...)
		if width < columns {
			most = len(out)
		}
	}
	return out
}
