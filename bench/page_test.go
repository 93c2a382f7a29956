package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageGetsATableAndAPlotOfEachScenario(t *testing.T) {
	page := filepath.Join(t.TempDir(), "SPEED.md")
	if err := os.WriteFile(page, []byte("# Speed\n\n"+pageBegin+"old\n"+pageEnd+"\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const want = "# Speed\n\n" + pageBegin + `Medians, and ranges, on linux/amd64, 2 CPUs, go1.26.

### size

the binary on disk, in MB; less is better

| | median | range | |
|---|---|---|---|
| supervise | 16.0 |  | GOAL MISSED: under 15 MB |
| dumb-init | 0.05 |  |  |

![size, plotted](speed/size.svg)

### one-off

running true, in ms; less is better

| | median | range | |
|---|---|---|---|
| supervise | 2.00 | 1.50 to 4.00 | goal met: under 5 ms |
| sh | 1.00 | 0.75 to 1.25 |  |

![one-off, plotted](speed/one-off.svg)

### flood

lines, by writers, in MB/s; more is better

| | supervise | least reader | |
|---|---|---|---|
| 1x16 | 90.0 | 100 | goal met: 90 % of the least reader, wanted 80 % |
| 8x16 | 70.0 | 100 | GOAL MISSED: 70 % of the least reader, wanted 80 % |

![flood, plotted](speed/flood.svg)
` + pageEnd + "\nafter\n"
	for range 2 { // the second time over the first
		if err := sampleReport.writePage(page); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(page); string(got) != want {
			t.Fatalf("the page is\n%s, want\n%s", got, want)
		}
	}
	plot, err := os.ReadFile(filepath.Join(filepath.Dir(page), "speed", "flood.svg"))
	if err != nil || strings.Count(string(plot), "<rect") != 4 {
		t.Errorf("the plot is %s, %v, want 4 bars", plot, err)
	}
}

func TestAPageWithoutMarksIsLeftAsItIs(t *testing.T) {
	page := filepath.Join(t.TempDir(), "SPEED.md")
	if err := os.WriteFile(page, []byte("# Speed\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := page + ` has no lines "<!-- figures: begin, written by go run ./bench -page -->" and "<!-- figures: end -->"`
	if err := sampleReport.writePage(page); err == nil || err.Error() != want {
		t.Errorf("writePage = %v, want %s", err, want)
	}
}

func TestAPlotHasBarsAsLongAsTheirMedians(t *testing.T) {
	plot := sampleReport.families()[2].plot()
	for _, want := range []string{
		`<rect class="ours" x="178" y="2" width="387" height="14"/>`, `>90.0 MB/s<`, `>1x16 supervise<`,
		`<rect x="178" y="20" width="430" height="14"/>`, `<rect class="ours" x="178" y="46" width="301" height="14"/>`,
	} {
		if !strings.Contains(plot, want) {
			t.Errorf("no %s in\n%s", want, plot)
		}
	}
}
