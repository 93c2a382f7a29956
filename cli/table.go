package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// columnGap is how many blanks stand between columns.
const columnGap = 2

// shortestCell is what the last column is cut to before another is left out.
const shortestCell = 12

// table writes aligned columns, as ps(1) does. Its first row is the head.
type table struct{ rows [][]string }

func newTable(head ...string) *table { return &table{[][]string{head}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// fit leaves out columns until a row has at most width characters, those that are named, the
// first one first. Then the last column is cut. A width of 0 fits everything.
func (t *table) fit(width int, spare ...string) {
	if width == 0 {
		return
	}
	for _, name := range spare {
		if t.width() <= width {
			break
		}
		t.drop(name)
	}
	last := len(t.rows[0]) - 1
	rest := width
	for i := range last {
		rest -= t.columnWidth(i) + columnGap
	}
	for _, row := range t.rows {
		row[last] = shorten(row[last], max(rest, 1))
	}
}

// width is that of the widest row, if the last column is cut as far as it may be.
func (t *table) width() (sum int) {
	last := len(t.rows[0]) - 1
	for i := range last {
		sum += t.columnWidth(i) + columnGap
	}
	return sum + min(t.columnWidth(last), shortestCell)
}

func (t *table) columnWidth(i int) (width int) {
	for _, row := range t.rows {
		width = max(width, utf8.RuneCountInString(row[i]))
	}
	return width
}

func (t *table) drop(name string) {
	if i := slices.Index(t.rows[0], name); i >= 0 {
		for n, row := range t.rows {
			t.rows[n] = slices.Delete(row, i, i+1)
		}
	}
}

// paint gives the cells of a column colours, by number (ECMA-48, SGR). All of them have two
// digits, so that cells stay aligned.
func (t *table) paint(name string, colors []int) {
	i := slices.Index(t.rows[0], name)
	for n, row := range t.rows {
		row[i] = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colors[n], row[i])
	}
}

func (t *table) write(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, columnGap, ' ', 0)
	for _, row := range t.rows {
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	return tw.Flush()
}

// shorten cuts a text to n characters, and shows that it did.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
