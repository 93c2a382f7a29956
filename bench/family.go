package main

import (
	"fmt"
	"slices"
	"strings"
)

// A family is results of the same contenders in the same unit, which have one table and one
// plot. Most are of one result.
type family struct {
	name    string
	results []result
}

func (r report) families() (all []family) {
	for _, one := range r.Results {
		name := one.Family
		if name == "" {
			name = one.Scenario
		}
		if n := len(all); n > 0 && all[n-1].name == name {
			all[n-1].results = append(all[n-1].results, one)
		} else {
			all = append(all, family{name, []result{one}})
		}
	}
	return all
}

// measured are the names of those who have figures in one of the results or more.
func (f family) measured() (names []string) {
	for _, r := range f.results {
		for _, row := range r.Rows {
			if row.Out == "" && !slices.Contains(names, row.Name) {
				names = append(names, row.Name)
			}
		}
	}
	return names
}

// table is a family in Markdown: what was asked, then a line a contender, or of several
// results a line a result.
func (f family) table() string {
	first, names := f.results[0], f.measured()
	asks, head, lines := first.Asks, "| | median | range | |", first.lines()
	if len(f.results) > 1 {
		asks = first.Together
		head, lines = "| | "+strings.Join(names, " | ")+" | |", nil
		for _, r := range f.results {
			lines = append(lines, r.line(names))
		}
	}
	better := "less"
	if first.More {
		better = "more"
	}
	rule := strings.Repeat("|---", strings.Count(head, "|")-1) + "|"
	return fmt.Sprintf("%s, in %s; %s is better\n\n%s\n%s\n%s\n", asks, first.Unit, better, head, rule, strings.Join(lines, "\n"))
}

// lines are the contenders of one result, and what became of the goal.
func (r result) lines() (lines []string) {
	for i, row := range r.Rows {
		if row.Out != "" {
			continue
		}
		verdict := ""
		if i == 0 && r.Goal > 0 {
			verdict = r.verdict()
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s |", row.Name, figure(row.Median), row.between(), verdict))
	}
	return lines
}

// line is one result of several.
func (r result) line(names []string) string {
	line := "| " + r.Variant
	for _, name := range names {
		line += " | " + figure(r.of(name))
	}
	verdict := ""
	if r.Goal > 0 && r.Rows[0].Out == "" {
		verdict = r.verdict()
	}
	return line + " | " + verdict + " |"
}

func (r row) between() string {
	if r.Min == r.Max {
		return ""
	}
	return figure(r.Min) + " to " + figure(r.Max)
}

// figure writes a number with three digits that count; 0 is one that was not measured.
func figure(n float64) string {
	switch {
	case n == 0:
		return "–"
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2f", n)
}
