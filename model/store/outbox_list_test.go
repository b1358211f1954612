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
	require.Equal(t, c, list(model.OutboxQuery{Conversation: f.conversation})[0].ID, "the conversation shows the same order")

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

// TestListedRowsTellWhatTheRowsHold takes rows in every state, with and without
// what most rows do not have.
func TestListedRowsTellWhatTheRowsHold(t *testing.T) {
	f := newFixture(t)
	group, err := f.EnsureConversation(f.ctx, f.session, group, "Panadería", now)
	require.NoError(t, err)
	add := func(item model.OutboxItem) model.OutboxID {
		item.SessionID, item.ConversationID = f.session, group.ID
		added, err := f.AddOutbox(f.ctx, item)
		require.NoError(t, err)
		return added.ID
	}
	plain := add(model.OutboxItem{Text: "plain", CreatedAt: now})
	file := add(model.OutboxItem{Kind: model.OutboxFile, Payload: `{"file":{"sha256":"aa","size":100}}`, QuotedShortID: "Q1", Target: 7})
	answer := add(model.OutboxItem{Text: "answer", QuotedShortID: "Q2"})
	forward := add(model.OutboxItem{Kind: model.OutboxForward, Target: at(0)})
	returned := add(model.OutboxItem{Text: "back"})
	f.claim(t, returned)
	require.NoError(t, f.ReturnOutbox(f.ctx, returned, "unreachable", "nobody there"))
	failed, unknown, sent := add(model.OutboxItem{Text: "no"}), add(model.OutboxItem{Text: "who knows"}), add(model.OutboxItem{Text: "yes"})
	for _, id := range []model.OutboxID{failed, unknown, sent} {
		f.claim(t, id)
	}
	require.NoError(t, f.FinishOutbox(f.ctx, failed, model.OutboxOutcome{State: model.OutboxFailed, Error: "refused", ErrorText: "\"no\", it said\n"}, now+1))
	require.NoError(t, f.FinishOutbox(f.ctx, unknown, model.OutboxOutcome{State: model.OutboxUnknown, Error: "timeout"}, now+2))
	require.NoError(t, f.LookedOutbox(f.ctx, unknown, now+3, true))
	require.NoError(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxSent, ShortID: "A", Match: model.MatchAnswer}, now+4))
	asks := add(model.OutboxItem{Text: "old"})
	require.NoError(t, f.AskOutbox(f.ctx, asks))

	rows, err := f.ListOutbox(f.ctx, model.OutboxQuery{States: []model.OutboxState{
		model.OutboxQueued, model.OutboxFailed, model.OutboxUnknown, model.OutboxSent,
	}})
	require.NoError(t, err)
	var ids []model.OutboxID
	for _, row := range rows {
		ids = append(ids, row.ID)
		item, err := f.OutboxItem(f.ctx, row.ID)
		require.NoError(t, err)
		item.Excluded, item.Looks, item.LookedAt = "", 0, 0
		require.Equal(t, item, row.OutboxItem)
		require.Equal(t, model.SessionName("empresa"), row.Session)
		require.Equal(t, "Panadería", row.Conversation)
		require.Equal(t, group.JID, row.Chat)
	}
	require.Equal(t, []model.OutboxID{plain, file, answer, forward, returned, failed, unknown, sent, asks}, ids)
	rows, err = f.ListOutbox(f.ctx, model.OutboxQuery{States: []model.OutboxState{model.OutboxSending}})
	require.NoError(t, err)
	require.Empty(t, rows)
	became := model.OutboxQuery{Conversation: group.ID, Became: "A", States: []model.OutboxState{model.OutboxSent}}
	rows, err = f.ListOutbox(f.ctx, became)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, sent, rows[0].ID)
	became.Became = "B"
	rows, err = f.ListOutbox(f.ctx, became)
	require.NoError(t, err)
	require.Empty(t, rows)
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
