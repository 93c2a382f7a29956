package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

// barWidth is the length of a scenario's longest bar.
const barWidth = 40

// writeBars prints the medians of a report as lengths, each scenario on a scale of its own.
func writeBars(w io.Writer, r report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s: medians\n", r.where())
	for _, result := range r.Results {
		better := "less"
		if result.More {
			better = "more"
		}
		fmt.Fprintf(table, "\n%s: %s (%s is better)\n", result.Scenario, result.Asks, better)
		result.writeBars(table)
	}
	return table.Flush()
}

func (r result) writeBars(w io.Writer) {
	longest := 0.0
	for _, row := range r.Rows {
		longest = max(longest, row.Median)
	}
	for _, row := range r.Rows {
		if row.Out == "" {
			length := int(math.Round(row.Median / longest * barWidth))
			fmt.Fprintf(w, "  %s\t%s\t%.2f %s\n", row.Name, strings.Repeat("█", max(1, length)), row.Median, r.Unit)
		}
	}
}
