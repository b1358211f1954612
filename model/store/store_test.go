package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

func TestFilledStoreIsSound(t *testing.T) {
	s := storetest.New(t)
	filled := storetest.Fill(t, s, storetest.Sizes{Contacts: 120, Conversations: 40, Messages: 2000}, 1)
	ctx := context.Background()
	require.NoError(t, s.Check(ctx))
	n, err := s.CountMessages(ctx, filled.Session.ID)
	require.NoError(t, err)
	require.Equal(t, 2000, n)
	result, err := s.Search(ctx, model.SearchQuery{Text: filled.Words[0]})
	require.NoError(t, err)
	hits := result.Hits
	require.Len(t, hits, 50)
	st, err := s.Statistics(ctx, filled.Session.ID, storetest.Now)
	require.NoError(t, err)
	require.Equal(t, 120, st.Contacts)
	require.Equal(t, 40, st.Conversations)
	require.Equal(t, 2000, st.MessagesIn+st.MessagesOut)
}
