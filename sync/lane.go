package sync

import (
	"fmt"
	"runtime/debug"
)

const (
	// lanePiece is how many items change goroutines at a time.
	lanePiece = 64
	// laneDepth is how many pieces may wait; it bounds memory.
	laneDepth = 128
)

// lane takes the items of a list to a goroutine of its own, so that reading an
// answer and working on it go side by side. One goroutine puts, and then closes.
type lane[T any] struct {
	in    chan []T
	piece []T

	failed chan struct{} // closed when err is set
	done   chan struct{} // closed when the goroutine has ended
	err    error
}

// newLane begins with prepare and then takes what is put, in its order, until
// the first error. It ends with close, which the caller must not forget.
func newLane[T any](w *worker, prepare func() error, take func(T) error) *lane[T] {
	l := &lane[T]{in: make(chan []T, laneDepth), failed: make(chan struct{}), done: make(chan struct{})}
	w.e.wg.Go(func() {
		defer close(l.done)
		defer func() {
			if r := recover(); r != nil {
				w.log.WithField("stack", string(debug.Stack())).Errorf("panic on a list: %v", r)
				l.fail(fmt.Errorf("working on the list failed inside the program: %v", r))
			}
		}()
		if err := l.work(prepare, take); err != nil {
			l.fail(err)
		}
	})
	return l
}

func (l *lane[T]) fail(err error) {
	l.err = err
	close(l.failed)
}

func (l *lane[T]) work(prepare func() error, take func(T) error) error {
	if err := prepare(); err != nil {
		return err
	}
	for piece := range l.in {
		for _, item := range piece {
			if err := take(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// put hands an item over; it waits while the other side is far behind, and
// returns the error that ended it.
func (l *lane[T]) put(item T) error {
	l.piece = append(l.piece, item)
	if len(l.piece) < lanePiece {
		return nil
	}
	return l.flush()
}

func (l *lane[T]) flush() error {
	piece := l.piece
	l.piece = make([]T, 0, lanePiece)
	select {
	case l.in <- piece:
		return nil
	case <-l.failed:
		return l.err
	}
}

// close waits until everything that was put is worked on, or an error ended it.
func (l *lane[T]) close() error {
	_ = l.flush() // its error is the one that is returned
	close(l.in)
	<-l.done
	return l.err
}
