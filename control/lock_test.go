package control

import (
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestALockHasOneHolder while it is taken and given back, and its file made and removed.
func TestALockHasOneHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var holders atomic.Int32
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for held := 0; held < 200; {
				l, err := acquire(path)
				if errors.Is(err, errLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold it", n)
				}
				for range 50 {
					runtime.Gosched()
				}
				held++
				holders.Add(-1)
				l.release()
			}
		})
	}
	group.Wait()
}
