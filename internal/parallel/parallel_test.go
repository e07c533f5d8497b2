package parallel

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestEach asserts that every number comes once, and that as many are worked at as there are jobs, and no more.
func TestEach(t *testing.T) {
	t.Parallel()
	tests := []struct{ jobs, n, most int }{
		{jobs: 1, n: 0, most: 0},
		{jobs: 1, n: 5, most: 1},
		{jobs: 3, n: 50, most: 3},
		{jobs: 8, n: 2, most: 2},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			counts := make([]atomic.Int32, tt.n)
			var working, most int
			var mutex sync.Mutex
			add := func(n int) {
				mutex.Lock()
				defer mutex.Unlock()
				working += n
				most = max(most, working)
			}
			err := Each(t.Context(), tt.jobs, tt.n, func(i int) {
				add(1)
				defer add(-1)
				time.Sleep(time.Second) // of the bubble: until all others do so too
				counts[i].Add(1)
			})
			if err != nil || most != tt.most {
				t.Errorf("%d jobs, %d numbers: %v, %d at once, want %d", tt.jobs, tt.n, err, most, tt.most)
			}
			for i := range counts {
				if n := counts[i].Load(); n != 1 {
					t.Errorf("%d jobs, %d numbers: %d came %d times", tt.jobs, tt.n, i, n)
				}
			}
		})
	}
}

func TestEachEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	last := -1
	err := Each(ctx, 1, 10, func(i int) {
		if last = i; i == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last != 3 {
		t.Errorf("%v after %d, want context.Canceled after 3", err, last)
	}
}
