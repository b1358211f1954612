package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

func (f fixture) queue(t testing.TB, body string) model.OutboxID {
	t.Helper()
	item, err := f.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Text: body})
	require.NoError(t, err)
	require.Equal(t, model.OutboxQueued, item.State)
	require.Equal(t, "text", item.Kind)
	require.NotZero(t, item.ID)
	return item.ID
}

func (f fixture) claim(t testing.TB, id model.OutboxID) {
	t.Helper()
	item, ok, err := f.ClaimOutbox(f.ctx, id, now, "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, model.OutboxSending, item.State)
	require.Equal(t, now, item.AttemptedAt)
}

func TestOutboxIsClaimedOnce(t *testing.T) {
	f := newFixture(t)
	id := f.queue(t, "hola")
	f.claim(t, id)
	item, ok, err := f.ClaimOutbox(f.ctx, id, now+1, "")
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, 1, item.Attempts)
	mode, err := f.Synchronous(f.ctx)
	require.NoError(t, err)
	require.Equal(t, 1, mode, "only the claim waits for the disk")
	_, _, err = f.ClaimOutbox(f.ctx, 999, now, "")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestOutboxOutcomes(t *testing.T) {
	f := newFixture(t)
	sent, failed, unknown := f.queue(t, "1"), f.queue(t, "2"), f.queue(t, "3")
	require.ErrorIs(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxSent, ShortID: "A"}, now), store.ErrConflict, "it was not tried")
	for _, id := range []model.OutboxID{sent, failed, unknown} {
		f.claim(t, id)
	}
	require.ErrorIs(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxQueued}, now), store.ErrConflict)
	require.ErrorIs(t, f.DeleteOutbox(f.ctx, sent), store.ErrConflict, "it is being sent")
	require.NoError(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxSent, ShortID: "A"}, now))
	require.NoError(t, f.FinishOutbox(f.ctx, failed, model.OutboxOutcome{State: model.OutboxFailed, Error: "refused", ErrorText: "said no"}, now))
	require.NoError(t, f.FinishOutbox(f.ctx, unknown, model.OutboxOutcome{State: model.OutboxUnknown, Error: "timeout"}, now))
	require.ErrorIs(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxFailed}, now), store.ErrConflict)
	require.ErrorIs(t, f.RequeueOutbox(f.ctx, sent, now), store.ErrConflict, "what was sent is never sent again")
	require.ErrorIs(t, f.RequeueOutbox(f.ctx, 999, now), store.ErrNotFound)

	left, err := f.ListOutbox(f.ctx, model.OutboxQuery{Conversation: f.conversation})
	require.NoError(t, err)
	require.Len(t, left, 2)
	require.Equal(t, failed, left[0].ID)
	require.Equal(t, "refused", left[0].Error)
	byState, err := f.OutboxByState(f.ctx, f.session, model.OutboxUnknown, model.OutboxQueued)
	require.NoError(t, err)
	require.Len(t, byState, 1)

	open, err := f.UnknownOutbox(f.ctx, f.conversation)
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Equal(t, unknown, open[0].ID)
	require.ErrorIs(t, f.FinishOutbox(f.ctx, unknown, model.OutboxOutcome{State: model.OutboxSent, ShortID: "A"}, now), store.ErrConflict, "one message, one outgoing message")
	require.NoError(t, f.FinishOutbox(f.ctx, unknown, model.OutboxOutcome{State: model.OutboxSent, ShortID: "B"}, now), "found in the conversation later")

	require.NoError(t, f.RequeueOutbox(f.ctx, failed, now))
	f.claim(t, failed)
	item, err := f.OutboxItem(f.ctx, failed)
	require.NoError(t, err)
	require.Equal(t, 2, item.Attempts)
	require.Empty(t, item.Error)
	require.NoError(t, f.FinishOutbox(f.ctx, failed, model.OutboxOutcome{State: model.OutboxFailed, Error: "refused"}, now))
	require.NoError(t, f.DeleteOutbox(f.ctx, failed))
	_, err = f.OutboxItem(f.ctx, failed)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Greater(t, f.queue(t, "4"), unknown, "keys are not used again")
}

func TestRecoverSettlesWhatAKillLeft(t *testing.T) {
	f := newFixture(t)
	sending, queued := f.queue(t, "1"), f.queue(t, "2")
	f.claim(t, sending)
	n, err := f.RecoverOutbox(f.ctx, f.session, now)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	item, err := f.OutboxItem(f.ctx, sending)
	require.NoError(t, err)
	require.Equal(t, model.OutboxUnknown, item.State)
	item, err = f.OutboxItem(f.ctx, queued)
	require.NoError(t, err)
	require.Equal(t, model.OutboxQueued, item.State, "nothing was called for it: it goes when it can")
	n, err = f.RecoverOutbox(f.ctx, f.session, now)
	require.NoError(t, err)
	require.Zero(t, n, "only what was being sent is unknown")
}
