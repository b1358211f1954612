package viewtest_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/views/viewtest"
)

func TestSettleWaitsForAllThatIsUnderWay(t *testing.T) {
	for range 20 {
		b := viewtest.NewTestContext(t)
		steps := 0
		var load func()
		load = func() {
			b.Load(t.Context(), func(context.Context) func() {
				for range 10 {
					runtime.Gosched()
				}
				return func() {
					if steps++; steps < 5 {
						load()
					}
				}
			})
		}
		b.On(func(event.Batch) { load() })
		b.Bus.Publish(event.Batch{Activity: true})
		b.Settle()
		require.Equal(t, 5, steps)
	}
}

func TestSettleDoesNotWaitForTheClockNorForWhatIsHeldBack(t *testing.T) {
	b := viewtest.NewTestContext(t)
	ticks, held, late := 0, make(chan struct{}), false
	defer b.Every(time.Second, func() { ticks++ })()
	b.Load(t.Context(), func(context.Context) func() {
		<-held
		return func() { late = true }
	})
	b.Settle()
	require.Zero(t, ticks)
	require.False(t, late)
	b.Clock.Advance(time.Second)
	b.Settle()
	require.Equal(t, 1, ticks)
	close(held)
	b.Settle()
	require.True(t, late)
}
