package output

import (
	"math"
	"testing"
)

func TestEveryColourCanBeReadOnBlackAndOnWhite(t *testing.T) {
	seen := map[int]bool{}
	for _, c := range palette {
		l := luminance(c)
		if black, white := (l+0.05)/0.05, 1.05/(l+0.05); min(black, white) < 3.5 {
			t.Errorf("colour %d has a contrast of %.1f on black and %.1f on white, want 3.5", c, black, white)
		}
		if seen[c] {
			t.Errorf("colour %d is there twice", c)
		}
		seen[c] = true
	}
}

// luminance is WCAG 2.2's relative luminance of a colour of the 6x6x6 cube.
func luminance(color int) float64 {
	level := func(i int) float64 {
		c := float64([]int{0, 95, 135, 175, 215, 255}[i]) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	c := color - 16
	return 0.2126*level(c/36) + 0.7152*level(c/6%6) + 0.0722*level(c%6)
}

func TestUsualNamesHaveColoursOfTheirOwn(t *testing.T) {
	for _, names := range [][]string{
		{"web.1", "worker.1", "release.1", "clock.1", "css.1", "js.1", "system"},
		{"web.1", "web.2", "web.3", "web.4", "web.5", "web.6", "web.7", "web.8"},
	} {
		owner := map[string]string{}
		for _, name := range names {
			c := color(name)
			if other := owner[c]; other != "" {
				t.Errorf("%s and %s are both %q", other, name, c)
			}
			owner[c] = name
		}
	}
}
