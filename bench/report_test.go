package main

import (
	"bytes"
	"testing"
)

var sampleReport = report{OS: "linux", Arch: "amd64", CPUs: 2, Go: "go1.26", Results: []result{
	{Scenario: "size", Asks: "the binary on disk", Unit: "MB", Goal: 15, Rows: []row{
		{Name: "supervise", Samples: 3, Median: 16, Min: 16, Max: 16},
		{Name: "dumb-init", Samples: 3, Median: 0.05, Min: 0.05, Max: 0.05},
		{Name: "tini", Out: "not installed"},
		{Name: "forego", Out: "not installed"},
	}},
	{Scenario: "one-off", Asks: "running true", Unit: "ms", Goal: 5, Rows: []row{
		{Name: "supervise", Samples: 3, Median: 2, Min: 1.5, Max: 4},
		{Name: "sh", Samples: 3, Median: 1, Min: 0.75, Max: 1.25},
		{Name: "foreman", Out: "exit status 1: no"},
	}},
	{Scenario: "flood-1x16", Asks: "lines", Unit: "MB/s", Goal: 0.8, More: true, Family: "flood", Variant: "1x16", Together: "lines, by writers", Rows: []row{
		{Name: "supervise", Samples: 3, Median: 90, Min: 80, Max: 100},
		{Name: "least reader", Samples: 3, Median: 100, Min: 100, Max: 110},
	}},
	{Scenario: "flood-8x16", Asks: "lines", Unit: "MB/s", Goal: 0.8, More: true, Family: "flood", Variant: "8x16", Together: "lines, by writers", Rows: []row{
		{Name: "supervise", Samples: 3, Median: 70, Min: 70, Max: 70},
		{Name: "least reader", Samples: 3, Median: 100, Min: 100, Max: 100},
	}},
}}

func TestTheTextReportIsATable(t *testing.T) {
	want := `linux/amd64, 2 CPUs, go1.26: medians (and ranges)

size: the binary on disk
  supervise  16.00 MB    GOAL MISSED: under 15 MB
  dumb-init  0.05 MB
  not installed: tini, forego

one-off: running true
  supervise  2.00 ms  (1.50 to 4.00)  goal met: under 5 ms
  sh         1.00 ms  (0.75 to 1.25)
  foreman    exit status 1: no

flood-1x16: lines
  supervise     90.00 MB/s   (80.00 to 100.00)  goal met: 90 % of the least reader, wanted 80 %
  least reader  100.00 MB/s  (100.00 to 110.00)

flood-8x16: lines
  supervise     70.00 MB/s    GOAL MISSED: 70 % of the least reader, wanted 80 %
  least reader  100.00 MB/s
`
	var got bytes.Buffer
	if err := writeText(&got, sampleReport); err != nil || got.String() != want {
		t.Errorf("the report is\n%s%v, want\n%s", got.String(), err, want)
	}
}

func TestTheJSONReportHasTheSameFacts(t *testing.T) {
	small := report{OS: "linux", Arch: "amd64", CPUs: 2, Go: "go1.26", Results: []result{{
		Scenario: "size", Asks: "the binary", Unit: "MB", Goal: 15, Rows: []row{{Name: "supervise", Samples: 1, Median: 5, Min: 5, Max: 5}},
	}}}
	want := `{
  "os": "linux",
  "arch": "amd64",
  "cpus": 2,
  "go": "go1.26",
  "results": [
    {
      "scenario": "size",
      "asks": "the binary",
      "unit": "MB",
      "goal": 15,
      "rows": [
        {
          "name": "supervise",
          "samples": 1,
          "median": 5,
          "min": 5,
          "max": 5
        }
      ]
    }
  ]
}
`
	var got bytes.Buffer
	if err := writeJSON(&got, small); err != nil || got.String() != want {
		t.Errorf("the report is\n%s%v, want\n%s", got.String(), err, want)
	}
}

func TestTheMedianIsTheMiddle(t *testing.T) {
	for _, c := range []struct {
		samples []float64
		want    float64
	}{
		{[]float64{7}, 7},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 2, 9}, 3},
	} {
		if got := summarize("x", c.samples, "").Median; got != c.want {
			t.Errorf("median of %v = %v, want %v", c.samples, got, c.want)
		}
	}
}

func TestARunFailsOnlyWithSupervise(t *testing.T) {
	broken := report{Results: []result{{Rows: []row{{Name: "supervise run true", Out: "exit status 2"}}}}}
	if err := broken.superviseFailed(); err == nil || err.Error() != "cannot measure supervise run true: exit status 2" {
		t.Errorf("superviseFailed = %v", err)
	}
	if err := sampleReport.superviseFailed(); err != nil {
		t.Errorf("superviseFailed = %v although only a peer failed", err)
	}
}
