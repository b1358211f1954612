package ui_test

import (
	"context"
	"errors"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

func TestGateDropsWorkAfterClose(t *testing.T) {
	var queue []func()
	g := ui.NewGate(func(f func()) { queue = append(queue, f) })
	ran := 0
	g.Do(func() { ran++ })
	queue[0]()
	require.Equal(t, 1, ran)

	g.Do(func() { ran++ }) // on its way when the gate closes
	g.Close()
	g.Close()
	queue[1]()
	g.Do(func() { ran++ })
	require.Len(t, queue, 2)
	require.Equal(t, 1, ran)
	require.True(t, g.Closed())
}

func TestLoadAppliesItsResultOnTheQueue(t *testing.T) {
	b := viewtest.NewTestContext(t)
	got := ""
	b.Load(context.Background(), func(context.Context) func() { return func() { got = "loaded" } })
	b.WaitFor(func() bool { return got == "loaded" })
}

// What is there at once must not cost a frame in which nothing is shown.
func TestLoadSoonAppliesAtOnceWhatIsThereAtOnce(t *testing.T) {
	b := viewtest.NewTestContext(t, viewtest.Patience(time.Hour)) // at once may be late on a busy machine
	got := ""
	b.LoadSoon(context.Background(), func(context.Context) func() { return func() { got = "loaded" } })
	require.Equal(t, "loaded", got)
	b.LoadSoon(context.Background(), func(context.Context) func() { return nil })
}

func TestLoadSoonDoesNotWaitForWhatTakesLong(t *testing.T) {
	b := viewtest.NewTestContext(t)
	there := make(chan struct{})
	got := ""
	b.LoadSoon(context.Background(), func(context.Context) func() {
		<-there
		return func() { got = "loaded" }
	})
	require.Empty(t, got)
	close(there)
	b.WaitFor(func() bool { return got == "loaded" })
}

func TestGoSoonWaitsAMomentAndIsDoneInAnyCase(t *testing.T) {
	var applied []string
	patient := viewtest.NewTestContext(t, viewtest.Patience(time.Hour)) // at once may be late on a busy machine
	patient.GoSoon(func(context.Context) func() { return func() { applied = append(applied, "at once") } })
	require.Equal(t, []string{"at once"}, applied)

	b := viewtest.NewTestContext(t)
	there, done := make(chan struct{}), 0
	b.GoSoon(func(context.Context) func() {
		<-there
		done++
		return func() { applied = append(applied, "late") }
	})
	require.Len(t, applied, 1)
	close(there)
	b.WaitFor(func() bool { return len(applied) == 2 })

	end := make(chan struct{})
	b.GoSoon(func(ctx context.Context) func() {
		<-ctx.Done()
		close(end)
		done++
		return func() { applied = append(applied, "too late") }
	})
	b.Close() // waits for it
	<-end
	require.Equal(t, 2, done)
	require.Len(t, applied, 2)
}

func TestLoadSoonDropsAResultWhoseParentEnded(t *testing.T) {
	b := viewtest.NewTestContext(t)
	parent, cancel := context.WithCancel(context.Background())
	applied := false
	b.LoadSoon(parent, func(context.Context) func() {
		cancel()
		return func() { applied = true }
	})
	b.Settle()
	require.False(t, applied)
}

func TestLoadDropsAResultWhoseParentEnded(t *testing.T) {
	b := viewtest.NewTestContext(t)
	parent, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	ended := make(chan error, 1)
	applied := false
	b.Load(parent, func(ctx context.Context) func() {
		close(started)
		<-ctx.Done()
		ended <- ctx.Err()
		return func() { applied = true }
	})
	<-started
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)

	// A result that is queued already when its parent ends is dropped too.
	second, cancelSecond := context.WithCancel(context.Background())
	b.Load(second, func(context.Context) func() { return func() { applied = true } })
	for b.Queue.Len() == 0 {
		b.Queue.Wait()
	}
	cancelSecond()
	b.Drain()
	require.False(t, applied)
}

func TestCloseCancelsAndWaitsForGoroutines(t *testing.T) {
	before := goleak.IgnoreCurrent()
	b := viewtest.NewTestContext(t)
	var finished atomic.Bool
	started := make(chan struct{})
	b.Go(func(ctx context.Context) {
		close(started)
		<-ctx.Done()
		finished.Store(true)
	})
	b.On(func(event.Batch) {})
	b.Every(time.Minute, func() {})
	<-started
	b.Close()
	require.True(t, finished.Load())
	b.Go(func(context.Context) { t.Error("started after Close") })
	b.Close()
	goleak.VerifyNone(t, before)
}

func TestOnMergesAFloodIntoOnePendingCall(t *testing.T) {
	b := viewtest.NewTestContext(t)
	var batches []event.Batch
	stop := b.On(func(batch event.Batch) { batches = append(batches, batch) })
	for i := range 500 {
		b.Bus.Publish(event.Batch{Messages: event.Of(model.ConversationID(i))})
	}
	for b.Queue.Len() == 0 {
		b.Queue.Wait()
	}
	require.Equal(t, 1, b.Queue.Len(), "one call is pending, however much happened")
	b.WaitFor(func() bool { return len(batches) == 1 })
	require.Len(t, batches[0].Messages, 500)

	stop()
	b.Bus.Publish(event.Batch{Activity: true})
	b.Settle()
	require.Len(t, batches, 1)
}

func TestOnPausesBetweenBatches(t *testing.T) {
	clock := viewtest.NewClock(viewtest.Start())
	q := viewtest.NewQueue(t)
	o := viewtest.NewTestContext(t)
	c := ui.NewContext(ui.Options{
		Window: o.Window, Text: o.Text, Events: o.Bus, Dispatch: q.Do, Now: clock.Now, After: clock.After,
		EventInterval: 100 * time.Millisecond,
	})
	t.Cleanup(c.Close)
	calls := 0
	c.On(func(event.Batch) { calls++ })
	o.Bus.Publish(event.Batch{Activity: true})
	q.WaitFor(func() bool { return calls == 1 })
	o.Bus.Publish(event.Batch{Activity: true})
	clock.WaitForTimers(1)
	require.Zero(t, q.Drain(), "the second batch waits for the pause")
	clock.Advance(100 * time.Millisecond)
	q.WaitFor(func() bool { return calls == 2 })
}

func TestLaterAndEvery(t *testing.T) {
	b := viewtest.NewTestContext(t)
	late, ticks := 0, 0
	b.Later(time.Second, func() { late++ })
	cancel := b.Later(time.Second, func() { late += 100 })
	stop := b.Every(time.Second, func() { ticks++ })
	cancel()
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return late == 1 && ticks == 1 })
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return ticks == 2 })
	stop()
	b.Clock.Advance(time.Hour)
	b.Settle()
	require.Equal(t, 2, ticks)
	require.Equal(t, 1, late)
}

func TestOpenURLOpensWebAddressesOnly(t *testing.T) {
	b := viewtest.NewTestContext(t)
	for _, s := range []string{"file:///etc/passwd", "javascript:alert(1)", "smb://host/x", "https:", "ftp://host/"} {
		u, err := url.Parse(s)
		require.NoError(t, err)
		require.ErrorIs(t, b.OpenURL(u), ui.ErrScheme, s)
	}
	require.ErrorIs(t, b.OpenURL(nil), ui.ErrScheme)
	u, err := url.Parse("https://example.com/a")
	require.NoError(t, err)
	require.NoError(t, b.OpenURL(u))
	require.Equal(t, []*url.URL{u}, b.Opened)
}

var errRaw = errors.New("dial tcp 10.0.0.1:8084: connection refused")
