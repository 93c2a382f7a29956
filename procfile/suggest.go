package procfile

import "strings"

// Suggest gives the nearest of known to a mistyped name, the first of equally near
// ones, or "" where none is near: no more than a third of the letters may differ
// (at least one may, but never all). Case does not count, two letters swapped
// count once, and the beginning of a name is near to it.
func Suggest(name string, known []string) string {
	nearest, least := "", int(^uint(0)>>1)
	for _, candidate := range known {
		if d, near := distance(strings.ToLower(name), strings.ToLower(candidate)); near && d < least {
			nearest, least = candidate, d
		}
	}
	return nearest
}

// distance tells whether b is near enough to a to be meant, and how near.
func distance(a, b string) (d int, near bool) {
	longer, shorter := max(len(a), len(b)), min(len(a), len(b))
	limit := max(1, longer/3)
	switch {
	case a == "" || b == "":
		return 0, false
	case len(a) > 1 && strings.HasPrefix(b, a):
		return min(limit, longer-shorter), true
	case longer-shorter > limit:
		return 0, false
	}
	d = edits(a, b)
	return d, d <= limit && d < longer
}

// edits counts the insertions, deletions, substitutions and swaps of neighbours
// between two words of bytes ("optimal string alignment").
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			substituted := last[j-1]
			if a[i-1] != b[j-1] {
				substituted++
			}
			row[j] = min(substituted, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
