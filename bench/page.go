package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What stands between these marks on a page is a report's.
const (
	pageBegin = "<!-- figures: begin, written by go run ./bench -page -->\n"
	pageEnd   = "<!-- figures: end -->\n"
)

// writePage puts a report's tables between the marks of the page, and its plots into the folder
// beside the page that has the page's name in lower case.
func (r report) writePage(page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(text, []byte(pageBegin))
	_, after, ends := bytes.Cut(rest, []byte(pageEnd))
	if !begins || !ends {
		return fmt.Errorf("%s has no lines %q and %q", page, strings.TrimSpace(pageBegin), strings.TrimSpace(pageEnd))
	}
	base := filepath.Base(page)
	folder := strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
	figures, plots := r.figures(folder)
	if err := os.MkdirAll(filepath.Join(filepath.Dir(page), folder), 0o755); err != nil {
		return err
	}
	for name, plot := range plots {
		if err := os.WriteFile(filepath.Join(filepath.Dir(page), folder, name), []byte(plot), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(page, []byte(string(before)+pageBegin+figures+pageEnd+string(after)), 0o644)
}

// figures are a report as Markdown, and the plots that it shows, by file name.
func (r report) figures(folder string) (markdown string, plots map[string]string) {
	var text strings.Builder
	plots = map[string]string{}
	fmt.Fprintf(&text, "Medians, and ranges, on %s.\n", r.where())
	for _, f := range r.families() {
		fmt.Fprintf(&text, "\n### %s\n\n", f.name)
		text.WriteString(f.table())
		plots[f.name+".svg"] = f.plot()
		fmt.Fprintf(&text, "\n![%s, plotted](%s/%s.svg)\n", f.name, folder, f.name)
	}
	return text.String(), plots
}
