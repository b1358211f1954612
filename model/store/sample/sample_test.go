package sample_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/sample"
	"github.com/xappiens/buzon/model/store/storetest"
)

var config = sample.Config{Contacts: 300, Conversations: 60, Messages: 6000, Seed: 5}

// contents lists every message of a filled store.
func contents(t *testing.T, s *store.Store, filled sample.Filled) (lines []string, kinds map[model.MessageType]int) {
	t.Helper()
	kinds = map[model.MessageType]int{}
	for _, id := range filled.Conversations {
		page, err := s.Messages(t.Context(), model.MessageQuery{ConversationID: id, Limit: config.Messages})
		require.NoError(t, err)
		for _, m := range page {
			kinds[m.Type]++
			lines = append(lines, fmt.Sprintf("%+v", m))
		}
	}
	return lines, kinds
}

func TestFill(t *testing.T) {
	s := storetest.New(t)
	last := 0
	filled, err := sample.Fill(t.Context(), s, config, func(done, total int) {
		require.Equal(t, 6360, total)
		require.Greater(t, done, last)
		last = done
	})
	require.NoError(t, err)
	require.Equal(t, 6360, last)
	require.NoError(t, s.Check(t.Context()))
	lines, kinds := contents(t, s, filled)
	require.Len(t, lines, config.Messages)
	require.Greater(t, kinds[model.TypeChat], config.Messages*3/4)
	for _, kind := range []model.MessageType{
		model.TypeImage, model.TypeVideo, model.TypeAudio, model.TypeVoice, model.TypeDocument, model.TypeSticker, model.TypeLocation,
		model.TypeContact, model.TypePoll, model.TypeRevoked, model.TypeCall, model.TypeCiphertext, model.TypeGroupInvite,
		model.TypeOrder, model.TypeProduct, model.TypeGroupNotice, model.TypeE2ENotice,
	} {
		require.Positive(t, kinds[kind], kind)
	}
	first, err := s.Messages(t.Context(), model.MessageQuery{ConversationID: filled.Conversations[0], Limit: config.Messages})
	require.NoError(t, err)
	require.Greater(t, len(first), config.Messages/20)
	require.Greater(t, int64(sample.Now-first[0].ID.Stamp()), int64(4*365*86_400_000), "the largest reaches years back")
}

func TestFillDependsOnTheSeedOnly(t *testing.T) {
	all := map[uint64][]string{}
	for _, seed := range []uint64{5, 5, 6} {
		s := storetest.New(t)
		c := config
		c.Seed = seed
		filled, err := sample.Fill(t.Context(), s, c, nil)
		require.NoError(t, err)
		lines, _ := contents(t, s, filled)
		if before := all[seed]; before != nil {
			require.Equal(t, before, lines)
		}
		all[seed] = lines
	}
	require.NotEqual(t, all[5], all[6])
}

func TestFillRefuses(t *testing.T) {
	s := storetest.New(t)
	for _, c := range []sample.Config{{Messages: 1}, {Contacts: -1}, {Session: "not a name"}} {
		_, err := sample.Fill(t.Context(), s, c, nil)
		require.Error(t, err)
	}
	_, err := sample.Fill(t.Context(), s, sample.Config{Contacts: 3}, nil)
	require.NoError(t, err)
	_, err = sample.Fill(t.Context(), s, sample.Config{Contacts: 3}, nil)
	require.ErrorIs(t, err, store.ErrConflict, "a session is not filled twice")
}
