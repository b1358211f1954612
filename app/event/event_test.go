package event_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMailboxMergesWhatWasNotTaken(t *testing.T) {
	var bus event.Bus
	box := bus.Subscribe()
	defer box.Close()
	bus.Publish(event.Batch{Messages: event.Of(model.ConversationID(1)), Incoming: map[model.ConversationID]int{1: 2}})
	bus.Publish(event.Batch{Messages: event.Of(model.ConversationID(2)), Incoming: map[model.ConversationID]int{1: 3}, Activity: true})
	bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{7: {Done: 1}}})
	bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{7: {Done: 2}}, SettingsError: "settings_invalid"})
	<-box.Ready()
	got := box.Take()
	require.True(t, got.Messages.Has(1))
	require.True(t, got.Messages.Has(2))
	require.Equal(t, 5, got.Incoming[1])
	require.Equal(t, 2, got.Progress[7].Done, "the latest progress only")
	require.True(t, got.Activity)
	require.Equal(t, "settings_invalid", got.SettingsError)
	again := box.Take()
	require.True(t, again.Empty())
	bus.Publish(event.Batch{Settings: true})
	good := box.Take()
	require.Empty(t, good.SettingsError)
}

func TestBatchesAreNotSharedBetweenMailboxes(t *testing.T) {
	var bus event.Bus
	one, two := bus.Subscribe(), bus.Subscribe()
	defer one.Close()
	defer two.Close()
	bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	taken := one.Take()
	taken.Sessions[2] = struct{}{}
	other := two.Take()
	require.False(t, other.Sessions.Has(2))
}

func TestCloseEndsSubscriptions(t *testing.T) {
	var bus event.Bus
	closed, left := bus.Subscribe(), bus.Subscribe()
	closed.Close()
	closed.Close()
	_, open := <-closed.Ready()
	require.False(t, open)
	bus.Close()
	bus.Close()
	_, open = <-left.Ready()
	require.False(t, open)
	left.Close()
	bus.Publish(event.Batch{Activity: true})
	_, open = <-bus.Subscribe().Ready()
	require.False(t, open, "a bus that is closed takes no subscribers")
}

func TestPublishFromManyGoroutines(t *testing.T) {
	var bus event.Bus
	box := bus.Subscribe()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 100 {
				bus.Publish(event.Batch{Incoming: map[model.ConversationID]int{model.ConversationID(i): 1}})
			}
		})
	}
	total := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range box.Ready() {
			for _, n := range box.Take().Incoming {
				total += n
			}
		}
	}()
	group.Wait()
	bus.Close()
	<-done
	for _, n := range box.Take().Incoming {
		total += n
	}
	require.Equal(t, 800, total)
}
