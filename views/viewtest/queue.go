package viewtest

import (
	"sync"
	"testing"
	"time"
)

// waitLimit is how long is waited for goroutines before a test is given up. It only ends
// tests that would hang: none takes seconds of its own, but a busy machine may stand
// still for longer than ten.
const waitLimit = time.Minute

// Queue is a dispatcher whose work runs in the goroutine of the test.
type Queue struct {
	t     testing.TB
	mu    sync.Mutex
	work  []func()
	ready chan struct{} // holds a signal while work may wait
}

// NewQueue returns an empty queue.
func NewQueue(t testing.TB) *Queue { return &Queue{t: t, ready: make(chan struct{}, 1)} }

// Do adds work; from any goroutine.
func (q *Queue) Do(f func()) {
	q.mu.Lock()
	q.work = append(q.work, f)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// Drain runs all work that is queued, and what that work queues; it returns
// how many functions ran.
func (q *Queue) Drain() int {
	n := 0
	for {
		q.mu.Lock()
		if len(q.work) == 0 {
			q.mu.Unlock()
			return n
		}
		f := q.work[0]
		q.work = q.work[1:]
		q.mu.Unlock()
		f()
		n++
	}
}

// Len returns how many functions wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.work)
}

// WaitFor runs work as it comes until cond, which is checked before and after
// each round on the goroutine of the test, is true. It fails the test when
// that does not happen within a minute. Of what goes on beside cond, it says nothing:
// see Settle.
func (q *Queue) WaitFor(cond func() bool) {
	q.t.Helper()
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	for {
		q.Drain()
		if cond() {
			return
		}
		select {
		case <-q.ready:
		case <-limit.C:
			q.t.Fatalf("viewtest: the condition was not met within %s", waitLimit)
		}
	}
}

// Wait waits until work may have come, without running any.
func (q *Queue) Wait() {
	q.t.Helper()
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	select {
	case <-q.ready:
	case <-limit.C:
		q.t.Fatalf("viewtest: no work came within %s", waitLimit)
	}
}
