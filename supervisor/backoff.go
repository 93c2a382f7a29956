package supervisor

import "time"

// Backoff doubles from its first step to a cap, give or take a tenth so that
// siblings that died together do not come back together.
const (
	backoffFirst  = 100 * time.Millisecond
	backoffJitter = 0.1

	// transientCap is for a lack of processes, memory or descriptors, which ends as
	// suddenly as it began.
	transientCap = 5 * time.Second
)

func (l *life) backoff(t *turn) time.Duration {
	return exponential(l.shortLives, l.typ.BackoffCap, t.jitter)
}

func (l *life) transientBackoff(t *turn) time.Duration {
	return exponential(l.forkFails, transientCap, t.jitter)
}

// exponential is the nth wait, n from 1: the first step doubled n-1 times, at most
// limit (0: no limit but the one of a Duration), and the jitter.
func exponential(n int, limit time.Duration, jitter func() float64) time.Duration {
	d := backoffFirst
	for i := 1; i < n && d < time.Hour && (limit == 0 || d < limit); i++ {
		d *= 2
	}
	if limit > 0 {
		d = min(d, limit)
	}
	return d + time.Duration(float64(d)*backoffJitter*jitter())
}
