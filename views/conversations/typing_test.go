package conversations_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
)

// typing notes what others are told.
type typing struct {
	mu    sync.Mutex
	calls []string
	wake  func(func())
	slow  chan struct{} // what that the owner writes waits for; nil: nothing
}

func (t *typing) SetTyping(_ context.Context, id model.ConversationID, on bool) error {
	if on && t.slow != nil {
		<-t.slow
	}
	t.mu.Lock()
	t.calls = append(t.calls, fmt.Sprint(id, on))
	t.mu.Unlock()
	t.wake(func() {})
	return nil
}

func (t *typing) told() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.calls)
}

func TestOthersAreToldOnceInAWhileThatTheOwnerWrites(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	told := &typing{}
	b, s := showWith(t, f, conversations.Options{Typing: told})
	told.wake = b.Queue.Do
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	test.Type(keys, "hola")
	b.WaitFor(func() bool { return slices.Equal(told.told(), []string{"1 true"}) })
	b.Clock.Advance(11 * time.Second)
	test.Type(keys, ",")
	b.WaitFor(func() bool { return slices.Equal(told.told(), []string{"1 true", "1 true"}) })
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return slices.Equal(told.told(), []string{"1 true", "1 true", "1 false"}) })
	test.Type(keys, "y")
	b.WaitFor(func() bool { return len(told.told()) == 4 })
	opened(t, b, s, 2, "message 2 of Bruno")
	b.WaitFor(func() bool { return slices.Equal(told.told()[3:], []string{"1 true", "1 false"}) })
}

// Who stops writing before the gateway has taken that they write must not be left
// there as writing.
func TestThatTheOwnerWritesIsNotToldAfterTheEnd(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	told := &typing{slow: make(chan struct{})}
	answer := sync.OnceFunc(func() { close(told.slow) })
	defer answer() // also when the test fails
	b, s := showWith(t, f, conversations.Options{Typing: told})
	told.wake = b.Queue.Do
	opened(t, b, s, 1, "message 2 of Ana")
	test.Type(writing(t, b, s), "hola")
	press(b, fyne.KeyReturn)
	b.Settle()
	require.Empty(t, told.told())
	answer()
	b.Settle()
	require.Equal(t, []string{"1 true", "1 false"}, told.told())
}
