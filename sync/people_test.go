package sync_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// lookups counts the calls that ask for numbers of hidden ids.
func (r *rig) lookups() int {
	n := 0
	for _, call := range r.server.Requests() {
		if strings.HasPrefix(call.Route, "POST /client/getContactLidAndPhone") {
			n++
		}
	}
	return n
}

func TestHiddenIDsAreAskedForSparingly(t *testing.T) {
	var ahead atomic.Int64 // how far the clock was moved on
	r := newRig(t, rigOptions{simulator: small, now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	r.connect()
	everything := model.SyncScope{Contacts: true, Conversations: true, Messages: true}
	for range 6 {
		r.sync(everything)
	}
	asked := r.lookups()
	require.Positive(t, asked)
	require.LessOrEqual(t, asked, 3, "calls within an hour")
	ahead.Store(int64(2 * time.Hour))
	for range 6 {
		r.sync(everything)
	}
	require.Equal(t, asked, r.lookups(), "what was asked for once is not asked for again, whatever was answered")

	heads, err := r.store.Threads(t.Context())
	require.NoError(t, err)
	for member, head := range heads {
		a, err := r.store.Conversation(t.Context(), member)
		require.NoError(t, err)
		b, err := r.store.Conversation(t.Context(), head)
		require.NoError(t, err)
		if a.JID.IsLID() {
			pairs, err := r.client.ContactLidAndPhone(t.Context(), sessionName, []string{string(a.JID)})
			require.NoError(t, err)
			require.Equal(t, []gateway.LidPhone{{Lid: string(a.JID), Phone: string(b.JID)}}, pairs, "joined as the gateway says")
		}
	}
}

func TestOlderGenerationIsNotAskedForHiddenIDs(t *testing.T) {
	config := small
	config.Flavour = simulator.FlavourC
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	require.Zero(t, r.lookups())
}

func TestTwoRowsOfOnePersonDoNotClaimOneMessage(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	const lid = model.JID("299888777666555@lid")
	twin, err := r.store.EnsureConversation(t.Context(), r.session.ID, lid, "", model.StampOf(time.Now()))
	require.NoError(t, err)
	require.NoError(t, r.store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{twin.ID}, model.StampOf(time.Now())))
	_, err = r.store.SaveIdentities(t.Context(), []model.Identity{{
		SessionID: r.session.ID, LID: lid, PhoneJID: chat.JID, Source: model.SourceLookup, FoundAt: 1,
	}})
	require.NoError(t, err)
	var items []model.OutboxItem
	for _, id := range []model.ConversationID{chat.ID, twin.ID} {
		item, err := r.store.AddOutbox(t.Context(), model.OutboxItem{SessionID: r.session.ID, ConversationID: id, Kind: model.OutboxText, Text: "Twice"})
		require.NoError(t, err)
		item, _, err = r.store.ClaimOutbox(t.Context(), item.ID, model.StampOf(time.Now()), "")
		require.NoError(t, err)
		require.NoError(t, r.store.FinishOutbox(t.Context(), item.ID, model.OutboxOutcome{State: model.OutboxUnknown}, model.StampOf(time.Now())))
		items = append(items, item)
	}
	_, err = r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Twice"), gateway.SendOptions{})
	require.NoError(t, err)
	_, err = r.engine.FetchMessages(t.Context(), chat.ID)
	require.NoError(t, err)
	r.until("one of them is found", func() bool {
		return r.item(items[0].ID).State == model.OutboxSent || r.item(items[1].ID).State == model.OutboxSent
	})
	states := []model.OutboxState{r.item(items[0].ID).State, r.item(items[1].ID).State}
	require.ElementsMatch(t, []model.OutboxState{model.OutboxSent, model.OutboxUnknown}, states, "one message is the outcome of one row")
}
