// Package parallel divides work among goroutines.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls work for the numbers below n, in their order, for at most jobs of them at once; jobs below 1 is GOMAXPROCS. When ctx has
// ended it begins no more of them, and returns the error of ctx; it has no other.
//
// A goroutine takes one number after another: to start one for each of thousands, or to hand the numbers out, wakes more threads than
// there are numbers, which takes longer than what is mostly done with them.
func Each(ctx context.Context, jobs, n int, work func(int)) error {
	if jobs < 1 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(jobs, n) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
