package app_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

func TestPeopleAndVotes(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	_, rows := r.conversation()
	most, voted := 0, false
	for _, row := range rows {
		require.NoError(t, r.Media.Refresh(t.Context(), row.ID))
		people, err := r.Media.Reactions(t.Context(), row.ID)
		require.NoError(t, err)
		for _, p := range people {
			require.NotEmpty(t, p.Emoji)
			require.True(t, p.Mine || p.Name != "", "%s", p.SenderJID)
		}
		most = max(most, len(people))
		if row.Type == model.TypePoll {
			votes, err := r.Media.Votes(t.Context(), row.ID)
			require.NoError(t, err)
			require.NotEmpty(t, votes)
			sum := 0
			now := r.row(row.ID)
			require.Len(t, now.Votes, 3)
			for _, v := range now.Votes {
				sum += v.Count
			}
			require.GreaterOrEqual(t, sum, len(votes))
			voted = true
		}
	}
	require.GreaterOrEqual(t, most, 4)
	require.True(t, voted)
}

func TestGalleryPages(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	conversation, rows := r.conversation()
	want := map[model.GalleryKind]int{}
	for _, row := range rows {
		switch row.Type {
		case model.TypeImage, model.TypeVideo:
			want[model.GalleryPictures]++
		case model.TypeDocument, model.TypeAudio:
			want[model.GalleryFiles]++
		}
		if len(row.DecodedDetails().Links) > 0 {
			want[model.GalleryLinks]++
		}
	}
	for _, kind := range []model.GalleryKind{model.GalleryPictures, model.GalleryFiles, model.GalleryLinks} {
		got, before := 0, model.MessageID(0)
		for {
			page, err := r.Media.Gallery(t.Context(), model.MediaQuery{ConversationID: conversation, Kind: kind, Before: before, Limit: 2})
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, item := range page {
				require.True(t, before == 0 || item.MessageID < before)
				before = item.MessageID
				got++
			}
		}
		require.Positive(t, got)
		require.Equal(t, want[kind], got, kind)
	}
}

func TestAFileThatWasSentIsHeld(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	conversation, _ := r.conversation()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))))
	path := filepath.Join(t.TempDir(), "plano.png")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	file, err := r.Attach.Take(t.Context(), path, model.TakeOptions{})
	require.NoError(t, err)
	item, err := r.Conversations.SendAndWait(t.Context(), conversation, model.Outgoing{Text: "El plano", File: &file})
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, item.State)
	row, err := r.Store.MessageByShortID(t.Context(), conversation, true, item.ShortID)
	require.NoError(t, err)
	require.Equal(t, model.MediaStored, row.MediaState)
	picture, err := r.Media.Picture(t.Context(), row.ID, 0)
	require.NoError(t, err)
	require.Equal(t, image.Pt(30, 20), picture.Bounds().Size())
	_, err = r.Media.DeleteOld(t.Context(), 0, conversation)
	require.NoError(t, err)
	require.FileExists(t, r.Media.Path(app.Digest(b.Bytes())), "the outgoing message still refers to it")
}
