package proxy

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// reporter passes on one line a second and counts the others, so that an application
// that fails every request does not fill the log. No request waits for a log that is slow:
// there is one line on its way at most.
type reporter struct {
	tell func(string)

	mu      sync.Mutex
	last    time.Time
	telling bool
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
		go func() {
			r.tell(text)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.telling = false
		}()
	}
}

func (r *reporter) due(now time.Time) (skipped int, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.telling || now.Sub(r.last) < time.Second {
		r.skipped++
		return 0, false
	}
	skipped, r.skipped, r.last, r.telling = r.skipped, 0, now, true
	return skipped, true
}

// Write is for the loggers of net/http and httputil.
func (r *reporter) Write(p []byte) (int, error) {
	text, _, _ := strings.Cut(string(p), "\n") // a panic brings its stack
	r.line(text)
	return len(p), nil
}
