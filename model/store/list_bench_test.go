package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

// BenchmarkConversationList measures what the list of the window reads of ten
// thousand conversations: its first page and, at every change, the order of all
// of them with the rows in view, however far down.
func BenchmarkConversationList(b *testing.B) {
	s := storetest.New(b)
	storetest.Fill(b, s, storetest.Sizes{Conversations: 10_000}, 7)
	q := model.ConversationQuery{Filter: model.FilterAll}
	order, err := s.ConversationOrder(b.Context(), q)
	require.NoError(b, err)
	require.Greater(b, len(order), 5000)
	b.Run("first page", func(b *testing.B) {
		q := q
		q.Limit = 60
		for b.Loop() {
			rows, err := s.Conversations(b.Context(), q)
			require.NoError(b, err)
			require.Len(b, rows, 60)
		}
	})
	b.Run("order", func(b *testing.B) {
		for b.Loop() {
			ids, err := s.ConversationOrder(b.Context(), q)
			require.NoError(b, err)
			require.Len(b, ids, len(order))
		}
	})
	b.Run("order of a text", func(b *testing.B) {
		q := q
		q.Text = "an"
		for b.Loop() {
			_, err := s.ConversationOrder(b.Context(), q)
			require.NoError(b, err)
		}
	})
	for name, at := range map[string]int{"rows at the top": 0, "rows at the end": len(order) - 80} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				rows, err := s.ConversationRows(b.Context(), order[at:at+80])
				require.NoError(b, err)
				require.Len(b, rows, 80)
			}
		})
	}
}
