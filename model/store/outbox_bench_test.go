package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// BenchmarkOutbox measures a queue of 10,000 rows: listing it whole (at most 50 ms)
// and a page of it, counting it, finding what goes next, and queueing one more.
func BenchmarkOutbox(b *testing.B) {
	f := newFixture(b)
	for i := range 10_000 {
		_, err := f.AddOutbox(f.ctx, model.OutboxItem{
			SessionID: f.session, ConversationID: f.conversation, Text: fmt.Sprintf("message %d of a long queue", i), CreatedAt: now,
		})
		require.NoError(b, err)
	}
	first, ok, err := f.NextOutbox(f.ctx, f.session, true)
	require.NoError(b, err)
	require.True(b, ok)
	list := func(limit int) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				rows, err := f.ListOutbox(f.ctx, model.OutboxQuery{Limit: limit})
				require.NoError(b, err)
				require.Len(b, rows, limit)
			}
		}
	}
	b.Run("list", list(10_000))
	b.Run("page", list(200))
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			_, err := f.CountOutbox(f.ctx)
			require.NoError(b, err)
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			_, ok, err := f.NextOutbox(f.ctx, f.session, true)
			require.NoError(b, err)
			require.True(b, ok)
		}
	})
	b.Run("blocked", func(b *testing.B) { // the first is under way, and all behind it wait
		f.claim(b, first.ID)
		for b.Loop() {
			_, ok, err := f.NextOutbox(f.ctx, f.session, true)
			require.NoError(b, err)
			require.False(b, ok)
		}
	})
	b.Run("pace", func(b *testing.B) {
		for b.Loop() {
			_, err := f.PaceAt(f.ctx, f.session, now, time.Second, model.PaceLimit{Most: 20, Within: time.Minute})
			require.NoError(b, err)
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			_, err := f.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Text: "one more"})
			require.NoError(b, err)
		}
	})
}
