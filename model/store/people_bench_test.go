package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

// BenchmarkThreads measures the list and a thread where thousands of people have two
// conversations each, which are shown as one.
func BenchmarkThreads(b *testing.B) {
	f := fixtureOn(b, storetest.New(b))
	storetest.Fill(b, f.Store, storetest.Sizes{Conversations: 10_000}, 7)
	rows, err := f.Conversations(b.Context(), model.ConversationQuery{Filter: model.FilterEverything})
	require.NoError(b, err)
	var pairs []model.Identity
	for i, r := range rows {
		if r.JID.Phone() == "" || i%2 == 1 {
			continue
		}
		lid := model.JID(fmt.Sprintf("20%013d@lid", i))
		in := model.ConversationIn{Conversation: model.Conversation{JID: lid, LastAt: r.LastAt + 1000, LastType: model.TypeChat, LastText: "hola", LastShortID: "X"}}
		require.NoError(b, f.SaveConversations(b.Context(), r.SessionID, []model.ConversationIn{in}, now))
		pairs = append(pairs, model.Identity{SessionID: r.SessionID, LID: lid, PhoneJID: r.JID, Source: model.SourceContact, FoundAt: now})
	}
	_, err = f.SaveIdentities(b.Context(), pairs)
	require.NoError(b, err)
	require.Greater(b, len(pairs), 2000)
	q := model.ConversationQuery{Filter: model.FilterAll}
	b.Run("first page", func(b *testing.B) {
		q := q
		q.Limit = 60
		for b.Loop() {
			rows, err := f.Conversations(b.Context(), q)
			require.NoError(b, err)
			require.Len(b, rows, 60)
		}
	})
	b.Run("order", func(b *testing.B) {
		for b.Loop() {
			_, err := f.ConversationOrder(b.Context(), q)
			require.NoError(b, err)
		}
	})
	var batches []model.MessageBatch
	lid, err := f.EnsureConversation(b.Context(), f.session, anaLID, "", now)
	require.NoError(b, err)
	for id, short := range map[model.ConversationID]string{f.conversation: "P", lid.ID: "L"} {
		batch := model.MessageBatch{ConversationID: id}
		for i := range int64(50_000) {
			batch.Messages = append(batch.Messages, text(model.ShortID(fmt.Sprint(short, i)), second+i, "hola"))
		}
		batches = append(batches, batch)
	}
	_, err = f.SaveMessages(b.Context(), batches, now)
	require.NoError(b, err)
	f.identify(b, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceContact, FoundAt: now})
	for name, q := range map[string]model.MessageQuery{
		"newest page": {}, "page in the middle": {Before: model.MessageIDAt(second + 25_000)}, "page around": {Around: model.MessageIDAt(second + 25_000)},
	} {
		q.ConversationID, q.Limit = f.conversation, 60
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				page, err := f.Messages(b.Context(), q)
				require.NoError(b, err)
				require.Len(b, page, 60)
			}
		})
	}
}
