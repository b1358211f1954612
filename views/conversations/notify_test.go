package conversations_test

import (
	"context"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
)

// notifyFake keeps of which conversations the owner is told.
type notifyFake struct {
	mu     sync.Mutex
	silent map[model.ConversationID]bool
}

func (f *notifyFake) NotifiesFrom(_ context.Context, id model.ConversationID) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.silent[id], nil
}

func (f *notifyFake) NotifyFrom(_ context.Context, id model.ConversationID, on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.silent[id] = !on
	return nil
}

func TestAConversationIsSilencedFromItsMenu(t *testing.T) {
	f, _, _, _ := talk()
	notify := &notifyFake{silent: map[model.ConversationID]bool{}}
	opened := 0
	d := newDeskWith(t, f, func(o *conversations.Options) { o.Notify, o.OnOpened = notify, func() { opened++ } })
	require.Zero(t, d.s.Opened())
	d.open(1, "just now")
	require.Equal(t, model.ConversationID(1), d.s.Opened())
	require.Equal(t, 1, opened)
	test.Tap(button(d.s, "More"))
	d.choose("No notifications on this computer")
	d.WaitFor(func() bool { told, _ := notify.NotifiesFrom(t.Context(), 1); return !told })
}
