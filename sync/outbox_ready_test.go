package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// A session is connected before its page can do anything (contract §4.4): what
// waited for it goes when it can, and is not tried into the void.
func TestWhatWaitedIsNotSentBeforeTheSessionIsReady(t *testing.T) {
	for _, scheduled := range []bool{true, false} {
		config := small
		config.ReadyDelay = 300 * time.Millisecond
		r := newRig(t, rigOptions{simulator: config, scheduled: scheduled})
		r.connect()
		if !scheduled {
			r.sync(model.SyncScope{Conversations: true})
		}
		r.until("the conversations are there", func() bool {
			list, err := r.store.Conversations(t.Context(), model.ConversationQuery{SessionID: r.session.ID})
			return err == nil && len(list) > 0
		})
		chat := r.someone()
		require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
		item := r.write(chat.ID, "As soon as you are back")
		r.connect()
		if scheduled {
			r.engine.Carry(r.session.ID)
		} else {
			_, err := r.engine.Send(t.Context(), item.ID)
			require.NoError(t, err)
		}
		r.until("it was sent", func() bool {
			now, err := r.store.OutboxItem(t.Context(), item.ID)
			require.NoError(t, err)
			return now.State != model.OutboxQueued && now.State != model.OutboxSending
		})
		now, err := r.store.OutboxItem(t.Context(), item.ID)
		require.NoError(t, err)
		require.Equal(t, model.OutboxSent, now.State, "scheduled %v", scheduled)
		require.Equal(t, model.MatchAnswer, now.Match)
		require.Equal(t, 1, now.Attempts)
	}
}
