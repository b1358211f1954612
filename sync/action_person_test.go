package sync_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

const twinLID = model.JID("284088457691106@lid")

// twin gives the person of the conversation a second identifier, with a
// conversation under it, and returns that.
func (a *acting) twin() model.Conversation {
	a.t.Helper()
	c, err := a.store.EnsureConversation(a.t.Context(), a.session.ID, twinLID, "", 1)
	require.NoError(a.t, err)
	pair := model.Identity{SessionID: a.session.ID, LID: twinLID, PhoneJID: a.chat.JID, Source: model.SourceLookup, FoundAt: 1}
	changed, err := a.store.SaveIdentities(a.t.Context(), []model.Identity{pair})
	require.NoError(a.t, err)
	require.True(a.t, changed)
	return c
}

func TestABlockIsOfThePersonUnderEveryId(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		other := a.twin()
		blocked := func(id model.ConversationID) bool {
			on, err := a.store.Blocked(t.Context(), id)
			require.NoError(t, err)
			return on
		}
		for i, on := range []bool{true, false} {
			call := []string{"POST /contact/block", "POST /contact/unblock"}[i]
			item := a.act(model.Action{Kind: model.OutboxBlock, Conversation: a.chat.ID, On: on})
			require.Equal(t, model.OutboxSent, item.State, item.ErrorText)
			require.Equal(t, 2, a.server.Count(call), "under both identifiers")
			require.Equal(t, on, blocked(a.chat.ID))
			require.Equal(t, on, blocked(other.ID))
			a.sync(model.SyncScope{Contacts: true})
			require.Equal(t, on, blocked(other.ID), "the gateway's list says nothing else")
		}
	})
}

func TestABlockThatIsTakenUnderOneIdOnlySaysSo(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	a.twin()
	require.NoError(t, a.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Route: "POST /contact/block", Message: "wid error: invalid wid", Skip: 1, Times: 1}))
	item := a.act(model.Action{Kind: model.OutboxBlock, Conversation: a.chat.ID, On: true})
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, string(model.ProblemBlockedInPart), item.Error)
}

func TestLabelsAreOfThePersonUnderEveryId(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		other := a.twin()
		a.sync(model.SyncScope{Conversations: true})
		require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxLabels, Conversation: a.chat.ID, Labels: []string{"1", "3"}}).State)
		for _, id := range []model.ConversationID{a.chat.ID, other.ID} {
			labels, err := a.store.ConversationLabels(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, []string{"1", "3"}, labels)
		}
		require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxLabels, Conversation: other.ID, Labels: nil}).State)
		labels, err := a.store.ConversationLabels(t.Context(), a.chat.ID)
		require.NoError(t, err)
		require.Empty(t, labels, "no part of the person keeps one that was taken off")
	})
}
