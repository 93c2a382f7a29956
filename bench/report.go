package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// report is what a run found, and where.
type report struct {
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	Load    string   `json:"load,omitempty"` // average of the minute before; Linux only
	Results []result `json:"results"`
}

// result answers one scenario. The first row is supervise's; Goal 0 is none.
type result struct {
	Scenario string  `json:"scenario"`
	Asks     string  `json:"asks"`
	Unit     string  `json:"unit"`
	Goal     float64 `json:"goal,omitempty"`
	More     bool    `json:"more,omitempty"` // is better, and the goal a share of the least reader's
	Family   string  `json:"family,omitempty"`
	Variant  string  `json:"variant,omitempty"`
	Together string  `json:"together,omitempty"` // what the family asks
	Rows     []row   `json:"rows"`
}

// row sums up one contender's samples. Out says why there are none.
type row struct {
	Name    string  `json:"name"`
	Samples int     `json:"samples"`
	Median  float64 `json:"median"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Out     string  `json:"out,omitempty"`
}

func newReport() report {
	averages, _ := os.ReadFile("/proc/loadavg") // proc_loadavg(5)
	load, _, _ := strings.Cut(string(averages), " ")
	return report{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(), Load: load}
}

// where says on what the report was made, and how busy that was with other things before.
func (r report) where() string {
	where := fmt.Sprintf("%s/%s, %d CPUs, %s", r.OS, r.Arch, r.CPUs, r.Go)
	if r.Load != "" {
		where += ", load " + r.Load + " at the start"
	}
	return where
}

// summarize makes a row of samples; out, when not empty, takes their place.
func summarize(name string, samples []float64, out string) row {
	if out != "" || len(samples) == 0 {
		return row{Name: name, Out: out}
	}
	slices.Sort(samples)
	return row{Name: name, Samples: len(samples), Median: median(samples), Min: samples[0], Max: samples[len(samples)-1]}
}

// median wants sorted samples; of an even number it returns the mean of the middle two.
func median(sorted []float64) float64 {
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// superviseFailed is the error of a run in which supervise itself could not be measured.
func (r report) superviseFailed() error {
	for _, result := range r.Results {
		if out := result.Rows[0].Out; out != "" {
			return fmt.Errorf("cannot measure %s: %s", result.Rows[0].Name, out)
		}
	}
	return nil
}

// writer returns the function that prints a report in format.
func writer(format string) (func(io.Writer, report) error, error) {
	switch format {
	case "text":
		return writeText, nil
	case "json":
		return writeJSON, nil
	}
	return nil, fmt.Errorf("-o is %q, expected text or json", format)
}

func writeJSON(w io.Writer, r report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

func writeText(w io.Writer, r report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s: medians (and ranges)\n", r.where())
	for _, result := range r.Results {
		fmt.Fprintf(table, "\n%s: %s\n", result.Scenario, result.Asks)
		result.writeRows(table)
	}
	return table.Flush()
}

func (r result) writeRows(w io.Writer) {
	var absent []string
	for i, row := range r.Rows {
		if row.Out == notInstalled {
			absent = append(absent, row.Name)
			continue
		}
		cells := row.cells(r.Unit)
		if i == 0 && r.Goal > 0 && row.Out == "" {
			cells[3] = r.verdict()
		}
		fmt.Fprintln(w, strings.TrimRight("  "+strings.Join(cells[:], "\t"), "\t"))
	}
	if absent != nil {
		fmt.Fprintf(w, "  %s: %s\n", notInstalled, strings.Join(absent, ", "))
	}
}

// cells returns the name, the median and the range; the fourth is for a verdict.
func (r row) cells(unit string) [4]string {
	switch {
	case r.Out != "":
		return [4]string{r.Name, r.Out}
	case r.Min == r.Max:
		return [4]string{r.Name, fmt.Sprintf("%.2f %s", r.Median, unit)}
	}
	return [4]string{r.Name, fmt.Sprintf("%.2f %s", r.Median, unit), fmt.Sprintf("(%.2f to %.2f)", r.Min, r.Max)}
}

// verdict says whether supervise, in the first row, has reached its goal.
func (r result) verdict() string {
	said, met := fmt.Sprintf("under %g %s", r.Goal, r.Unit), r.Rows[0].Median < r.Goal
	if r.More {
		share := r.Rows[0].Median / r.of(leastReader)
		said, met = fmt.Sprintf("%.0f %% of the %s, wanted %.0f %%", share*100, leastReader, r.Goal*100), share >= r.Goal
	}
	if met {
		return "goal met: " + said
	}
	return "GOAL MISSED: " + said
}

// of is a contender's median.
func (r result) of(name string) float64 {
	for _, row := range r.Rows {
		if row.Name == name {
			return row.Median
		}
	}
	return 0
}
