package main

import (
	"bytes"
	"testing"
)

func TestBarsAreAsLongAsTheirMediansAndTheAbsentHaveNone(t *testing.T) {
	want := `linux/amd64, 2 CPUs, go1.26: medians

size: the binary on disk (less is better)
  supervise  ████████████████████████████████████████  16.00 MB
  dumb-init  █                                         0.05 MB

one-off: running true (less is better)
  supervise  ████████████████████████████████████████  2.00 ms
  sh         ████████████████████                      1.00 ms
`
	var got bytes.Buffer
	if err := writeBars(&got, sampleReport); err != nil || got.String() != want {
		t.Errorf("the bars are\n%s%v, want\n%s", got.String(), err, want)
	}
}
