package ports

import (
	"slices"
	"testing"
)

func TestFreePortsDifferAndAreFree(t *testing.T) {
	const n = 200
	got, err := Free(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range got {
		if err := Check(port); err != nil {
			t.Errorf("Free gave %d: %v", port, err)
		}
	}
	slices.Sort(got)
	if distinct := len(slices.Compact(got)); distinct != n {
		t.Errorf("Free(%d) gave %d different ports", n, distinct)
	}
	if got, err := Free(0); len(got) != 0 || err != nil {
		t.Errorf("Free(0) = %v, %v, want none", got, err)
	}
}
