package sync

import (
	"context"
	"sync"
)

// slots keep the calls of a session that use its page to two at a time (contract
// §3 Concurrency): one is the loop's, the other is shared by what goes out and by
// files that come in. What goes out takes the loop's when the loop rests.
type slots struct {
	loop, beside chan struct{}
}

func newSlots() *slots {
	return &slots{loop: make(chan struct{}, 1), beside: make(chan struct{}, 1)}
}

// side waits for either slot; release gives it back and may be called again.
func (s *slots) side(ctx context.Context) (release func(), err error) {
	select {
	case s.beside <- struct{}{}:
		return sync.OnceFunc(func() { <-s.beside }), nil
	default:
	}
	select {
	case s.beside <- struct{}{}:
		return sync.OnceFunc(func() { <-s.beside }), nil
	case s.loop <- struct{}{}:
		return sync.OnceFunc(func() { <-s.loop }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// file waits for the slot beside the loop's.
func (s *slots) file(ctx context.Context) (release func(), err error) { return take(ctx, s.beside) }

// work waits for the loop's slot.
func (s *slots) work(ctx context.Context) (release func(), err error) { return take(ctx, s.loop) }

func take(ctx context.Context, slot chan struct{}) (release func(), err error) {
	select {
	case slot <- struct{}{}:
		return sync.OnceFunc(func() { <-slot }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
