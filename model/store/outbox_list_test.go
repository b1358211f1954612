package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// waits returns why the rows of a list wait, by their texts.
func waits(rows []model.OutboxRow) map[string]string {
	said := map[string]string{}
	for _, row := range rows {
		said[row.Text] = row.Waits
	}
	return said
}

func texts(rows []model.OutboxRow) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row.Text)
	}
	return all
}

func TestOutboxIsListedInTheOrderOfSending(t *testing.T) {
	f := newFixture(t)
	a, b, c := f.queue(t, "a"), f.queue(t, "b"), f.queue(t, "c")
	list := func(q model.OutboxQuery) []model.OutboxRow {
		rows, err := f.ListOutbox(f.ctx, q)
		require.NoError(t, err)
		return rows
	}
	require.Equal(t, []string{"a", "b", "c"}, texts(list(model.OutboxQuery{})))
	require.Equal(t, map[string]string{"a": "", "b": model.WaitsOrder, "c": model.WaitsOrder}, waits(list(model.OutboxQuery{})))

	require.NoError(t, f.MoveOutbox(f.ctx, c, a))
	require.NoError(t, f.MoveOutbox(f.ctx, a, 0))
	require.NoError(t, f.MoveOutbox(f.ctx, a, a), "to where it is")
	require.Equal(t, []string{"c", "b", "a"}, texts(list(model.OutboxQuery{})))
	require.ErrorIs(t, f.MoveOutbox(f.ctx, a, 999), store.ErrConflict)
	require.ErrorIs(t, f.MoveOutbox(f.ctx, 999, a), store.ErrNotFound)
	open, err := f.Outbox(f.ctx, f.conversation)
	require.NoError(t, err)
	require.Equal(t, c, open[0].ID, "the conversation shows the same order")

	require.Equal(t, []string{"b"}, texts(list(model.OutboxQuery{After: c, Limit: 1})))
	require.Empty(t, list(model.OutboxQuery{Session: f.session + 1}))
	require.Len(t, list(model.OutboxQuery{Session: f.session, Conversation: f.conversation}), 3)

	next, ok, err := f.NextOutbox(f.ctx, f.session, true)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, c, next.ID)
	_, ok, err = f.NextOutbox(f.ctx, f.session, false)
	require.NoError(t, err)
	require.False(t, ok, "there are no actions")

	f.claim(t, c)
	_, ok, err = f.NextOutbox(f.ctx, f.session, true)
	require.NoError(t, err)
	require.False(t, ok, "the order holds while the first is under way")
	require.ErrorIs(t, f.MoveOutbox(f.ctx, c, b), store.ErrConflict, "it is being sent")
	require.NoError(t, f.FinishOutbox(f.ctx, c, model.OutboxOutcome{State: model.OutboxUnknown}, now))
	_, ok, err = f.NextOutbox(f.ctx, f.session, true)
	require.NoError(t, err)
	require.False(t, ok, "and while it is looked for")
	require.NoError(t, f.LookedOutbox(f.ctx, c, now, true))
	next, ok, err = f.NextOutbox(f.ctx, f.session, true)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, b, next.ID, "what was not found holds nobody")

	require.NoError(t, f.AskOutbox(f.ctx, b))
	rows := list(model.OutboxQuery{NeedsOwner: true})
	require.Equal(t, []string{"c", "b"}, texts(rows))
	require.Equal(t, model.WaitsAsks, waits(rows)["b"])
	require.Equal(t, "", waits(list(model.OutboxQuery{}))["a"], "what asks holds nobody")
	counts, err := f.CountOutbox(f.ctx)
	require.NoError(t, err)
	require.Equal(t, model.OutboxCounts{Queued: 2, Unknown: 1, NeedsOwner: 2}, counts)

	item, err := f.OutboxItem(f.ctx, b)
	require.NoError(t, err)
	later := item.CreatedAt + 1
	require.NoError(t, f.ReleaseOutbox(f.ctx, b, later))
	item, err = f.OutboxItem(f.ctx, b)
	require.NoError(t, err)
	require.Equal(t, later, item.QueuedAt(), "it does not ask again at once")
}

func TestEditQueuesWhatFailedAgain(t *testing.T) {
	f := newFixture(t)
	id := f.queue(t, "helo")
	require.NoError(t, f.EditOutbox(f.ctx, id, "hello", now))
	f.claim(t, id)
	require.ErrorIs(t, f.EditOutbox(f.ctx, id, "late", now), store.ErrConflict)
	require.NoError(t, f.FinishOutbox(f.ctx, id, model.OutboxOutcome{State: model.OutboxFailed, Error: "refused"}, now))
	require.NoError(t, f.EditOutbox(f.ctx, id, "hello again", now+1))
	item, err := f.OutboxItem(f.ctx, id)
	require.NoError(t, err)
	require.Equal(t, "hello again", item.Text)
	require.Equal(t, model.OutboxQueued, item.State)
	require.Empty(t, item.Error)
	f.claim(t, id)
	require.NoError(t, f.FinishOutbox(f.ctx, id, model.OutboxOutcome{State: model.OutboxUnknown}, now))
	require.ErrorIs(t, f.EditOutbox(f.ctx, id, "other", now), store.ErrConflict, "it may have been sent as it was")
}
