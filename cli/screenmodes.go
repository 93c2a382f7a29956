package cli

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
)

// initial are the private modes that a terminal has from the beginning (DECSET, xterm's
// ctlseqs): lines wrap, and the cursor is shown.
var initial = []string{"7", "25"}

// screenModes watches which modes of our terminal an instance changes, such as the mouse, the
// other screen of an editor or a hidden cursor, so that they can be changed back when we leave it
// in the middle. The zero value is ready.
type screenModes struct {
	changed map[string]bool // to what
	state   parser.State
	params  []byte
	private bool
}

// watch sees a piece of what is shown.
func (m *screenModes) watch(p []byte) {
	for _, c := range p {
		if c >= utf8.RuneSelf { // of a character; the parser would take some for C1
			continue
		}
		var action parser.Action
		m.state, action = parser.Table.Transition(m.state, c)
		switch action {
		case parser.ClearAction:
			m.params, m.private = m.params[:0], false
		case parser.PrefixAction:
			m.private = c == '?'
		case parser.ParamAction:
			m.params = append(m.params, c)
		case parser.DispatchAction:
			if m.private && (c == 'h' || c == 'l') {
				m.set(c == 'h')
			}
			m.private = false
		}
	}
}

func (m *screenModes) set(on bool) {
	for mode := range bytes.SplitSeq(m.params, []byte{';'}) {
		if m.changed == nil {
			m.changed = map[string]bool{}
		}
		if on == slices.Contains(initial, string(mode)) {
			delete(m.changed, string(mode))
		} else {
			m.changed[string(mode)] = on
		}
	}
}

// undo is what changes all back, and ends colours.
func (m *screenModes) undo() []byte { return append(m.sequence(false), "\x1b[m"...) }

// redo is what changes all again.
func (m *screenModes) redo() []byte { return m.sequence(true) }

func (m *screenModes) sequence(again bool) (sequence []byte) {
	for _, mode := range slices.Sorted(maps.Keys(m.changed)) {
		final := 'l'
		if m.changed[mode] == again {
			final = 'h'
		}
		sequence = fmt.Appendf(sequence, "\x1b[?%s%c", mode, final)
	}
	return sequence
}
