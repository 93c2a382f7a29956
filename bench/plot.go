package main

import (
	"fmt"
	"html"
	"strings"
)

// The measures of a plot, in pixels. It is read on light pages and on dark ones.
const (
	plotNames  = 170 // the width of names
	plotBars   = 430 // of the longest bar
	plotFigure = 80  // of figures
	plotRow    = 18
	plotGap    = 8 // between results
	plotStyle  = `text{font:12px sans-serif;fill:#1f2328}rect{fill:#8c959f}.ours{fill:#0969da}` +
		`@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#6e7681}.ours{fill:#4493f8}}`
)

// plot draws a family as bars, a bar a contender and a group a result, on one scale: an SVG.
func (f family) plot() string {
	var bars strings.Builder
	y, longest := 0, f.longest()
	for i, r := range f.results {
		y += min(i, 1) * plotGap
		for n, row := range r.Rows {
			if row.Out != "" {
				continue
			}
			class := ""
			if n == 0 {
				class = ` class="ours"`
			}
			width := max(1, row.Median/longest*plotBars)
			fmt.Fprintf(&bars, `<text x="%d" y="%d" text-anchor="end">%s</text>`, plotNames, y+13, html.EscapeString(strings.TrimSpace(r.Variant+" "+row.Name)))
			fmt.Fprintf(&bars, `<rect%s x="%d" y="%d" width="%.0f" height="%d"/>`, class, plotNames+8, y+2, width, plotRow-4)
			fmt.Fprintf(&bars, `<text x="%.0f" y="%d">%s %s</text>`+"\n", plotNames+14+width, y+13, figure(row.Median), html.EscapeString(r.Unit))
			y += plotRow
		}
	}
	width := plotNames + plotBars + plotFigure + 14
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\">\n<title>%s</title>\n<style>%s</style>\n%s</svg>\n",
		width, y, width, html.EscapeString(f.name), plotStyle, bars.String())
}

func (f family) longest() (longest float64) {
	for _, r := range f.results {
		for _, row := range r.Rows {
			longest = max(longest, row.Median)
		}
	}
	return longest
}
