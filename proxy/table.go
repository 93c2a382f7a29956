package proxy

import (
	"container/list"
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// errNobody: the request cannot be sent to anyone, now or soon.
var errNobody = errors.New("no instance is ready")

// eclipse is how long a backend that refused a connection gets no more requests.
const eclipse = 50 * time.Millisecond

// table knows who may be sent what. A backend is picked, and the request counted as
// its own, under the lock that close takes: nothing can be claimed after close.
type table struct {
	parkFor            time.Duration
	maxParked, maxBusy int

	mu       sync.Mutex
	backends []*backend // open ones, in the order of their opening
	draining []*backend // closed, with claims
	turn     int        // where the search begins among equals
	busy     int        // claims
	parked   list.List  // of chan *backend, the oldest first
	ending   bool
	quiet    chan struct{} // if not nil: to be closed when no claim is left
	tally    tally
}

func newTable(o Options) *table {
	return &table{parkFor: o.ParkFor, maxParked: o.MaxParked, maxBusy: o.MaxConns, tally: newTally()}
}

func (t *table) open(name Backend, addr netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.find(name) < 0 {
		t.backends = append(t.backends, newBackend(name, addr, t.tally.of(name.Name)))
		t.unpark()
	}
}

func (t *table) find(name Backend) int {
	return slices.IndexFunc(t.backends, func(b *backend) bool { return b.name == name })
}

func (t *table) close(name Backend, drained func()) {
	if drained == nil {
		drained = func() {}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.find(name)
	if i < 0 {
		go drained()
		return
	}
	b := t.backends[i]
	t.backends = slices.Delete(t.backends, i, i+1)
	b.drained = drained
	t.draining = append(t.draining, b)
	go b.pool.close()
	t.settle(b)
	t.unpark()
}

// claim picks a backend for one request, which must be released. It waits for one
// until the deadline; the error is errNobody or that of ctx.
func (t *table) claim(ctx context.Context, deadline time.Time) (*backend, error) {
	if !time.Now().Before(deadline) { // a retry may come late
		return nil, errNobody
	}
	t.mu.Lock()
	if b := t.pick(); b != nil {
		t.mu.Unlock()
		return b, nil
	}
	if t.hopeless() || t.parked.Len() >= t.maxParked {
		t.mu.Unlock()
		return nil, errNobody
	}
	began, won := time.Now(), make(chan *backend, 1)
	place := t.parked.PushBack(won)
	t.mu.Unlock()

	ctx, stop := context.WithDeadlineCause(ctx, deadline, errNobody)
	defer stop()
	select {
	case <-ctx.Done():
	case b := <-won:
		won <- b
	}
	return t.leave(ctx, place, won, began)
}

// leave ends the wait of one request.
func (t *table) leave(ctx context.Context, place *list.Element, won chan *backend, began time.Time) (*backend, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.parked.Remove(place)
	var b *backend
	select {
	case b = <-won:
	default:
	}
	t.tally.waited(b, time.Since(began))
	switch {
	case b == nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case b == nil:
		return nil, errNobody
	case ctx.Err() != nil && context.Cause(ctx) != errNobody: // the client has gone
		t.free(b)
		return nil, context.Cause(ctx)
	}
	return b, nil
}

// pick claims the backend with the fewest requests; nil if there is none.
func (t *table) pick() (best *backend) {
	if t.busy >= t.maxBusy {
		return nil
	}
	n := len(t.backends)
	for i := range n {
		b := t.backends[(t.turn+i)%n]
		if !b.eclipsed && (best == nil || b.claims < best.claims) {
			best = b
		}
	}
	if best != nil {
		t.turn++
		t.busy++
		best.claims++
		t.tally.claimed(best)
	}
	return best
}

// hopeless says that to wait would be in vain.
func (t *table) hopeless() bool { return t.ending && len(t.backends) == 0 }

// unpark gives backends to those who wait, while there are any.
func (t *table) unpark() {
	for e := t.parked.Front(); e != nil; e = t.parked.Front() {
		b := t.pick()
		if b == nil && !t.hopeless() {
			return
		}
		t.parked.Remove(e).(chan *backend) <- b
	}
}

// release ends a claim.
func (t *table) release(b *backend) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free(b)
}

func (t *table) free(b *backend) {
	t.busy--
	b.claims--
	t.settle(b)
	if t.parked.Len() > 0 {
		t.unpark()
	}
	if t.busy == 0 && t.quiet != nil {
		close(t.quiet)
		t.quiet = nil
	}
}

// settle says that b is drained if it is.
func (t *table) settle(b *backend) {
	if b.drained == nil || b.claims > 0 {
		return
	}
	t.draining = slices.DeleteFunc(t.draining, func(d *backend) bool { return d == b })
	go func() {
		b.h2.CloseIdleConnections()
		b.drained()
	}()
}

// end has nobody wait any more while no backend is open.
func (t *table) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ending = true
	t.unpark()
}

// wait returns when no request is in flight, or with the error of ctx.
func (t *table) wait(ctx context.Context) error {
	t.mu.Lock()
	quiet := make(chan struct{})
	if t.busy == 0 {
		close(quiet)
	} else {
		t.quiet = quiet
	}
	t.mu.Unlock()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refused keeps requests from b for a moment: nobody listens there.
func (t *table) refused(b *backend) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tally.retried++
	if b.eclipsed {
		return
	}
	b.eclipsed = true
	time.AfterFunc(eclipse, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		b.eclipsed = false
		t.unpark()
	})
}
