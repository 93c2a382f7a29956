package proxy

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// reporter passes on one line a second and counts the others, so that an application
// that fails every request does not fill the log.
type reporter struct {
	tell func(string)

	mu      sync.Mutex
	last    time.Time
	skipped int
}

func newReporter(tell func(string)) *reporter { return &reporter{tell: tell} }

func (r *reporter) line(text string) {
	if r.tell == nil {
		return
	}
	if skipped, due := r.due(time.Now()); due {
		if skipped > 0 {
			text += fmt.Sprintf(" (and %d more since the last line)", skipped)
		}
		r.tell(text)
	}
}

func (r *reporter) due(now time.Time) (skipped int, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.last) < time.Second {
		r.skipped++
		return 0, false
	}
	skipped, r.skipped, r.last = r.skipped, 0, now
	return skipped, true
}

// Write is for the loggers of net/http and httputil.
func (r *reporter) Write(p []byte) (int, error) {
	text, _, _ := strings.Cut(string(p), "\n") // a panic brings its stack
	r.line(text)
	return len(p), nil
}
