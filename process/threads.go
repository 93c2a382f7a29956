package process

import (
	"runtime"
	"sync"
)

// spareThreads is how many threads may stand in the kernel at a time, while stdout is
// blocked or files are read.
const spareThreads = 6

const (
	runtimeThreads  = 6 // its monitor, what starts others, what hears signals, the forker's
	guardianThreads = 5 // with one processor
)

// OwnThreads is about how many threads are still to come when [New] and [Table.Guard] are
// to be called.
func OwnThreads() int {
	return max(0, threadsToKeep()+runtimeThreads+guardianThreads-entries("/proc/self/task"))
}

func threadsToKeep() int { return runtime.GOMAXPROCS(0) + spareThreads }

// keepThreads makes the runtime start as many threads as it is going to need. It keeps them
// for good; and if it cannot start one later, because there are too many processes (EAGAIN
// of clone(2): ulimit -u, pids.max), it ends the program.
func keepThreads(n int) {
	var there, done sync.WaitGroup
	there.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread() // or the thread would end with us
			there.Done()
			there.Wait()
		})
	}
	done.Wait()
}
