package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestOutgoingBytesCountsACopyOnce(t *testing.T) {
	f := newFixture(t)
	add := func(payload string) model.OutboxID {
		item, err := f.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Kind: model.OutboxFile, Payload: payload})
		require.NoError(t, err)
		return item.ID
	}
	held := func() int64 {
		n, err := f.OutgoingBytes(f.ctx)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, held())
	add(`{"file":{"sha256":"aa","size":100}}`)
	add(`{"file":{"sha256":"aa","size":100}}`)
	last := add(`{"file":{"sha256":"bb","size":30}}`)
	require.Equal(t, int64(130), held())
	require.NoError(t, f.DeleteOutbox(f.ctx, last))
	require.Equal(t, int64(100), held())
}
