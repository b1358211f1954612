package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// The gateway goes on saying that a file can be had which it does not give: it is
// not asked for by itself at every sync.
func TestWhatIsGoneIsNotTriedForEver(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	_, rows := r.conversation()
	gone := model.MessageID(0)
	for _, row := range rows {
		if row.MediaState == model.MediaRemote && app.Describe(r.Media.Download(t.Context(), row.ID)).Kind == model.ProblemMediaGone {
			gone = row.ID
			break
		}
	}
	require.NotZero(t, gone)
	wanted := func() bool {
		list, err := r.Store.MediaWanted(t.Context(), model.MediaWish{
			SessionID: r.session.ID, Types: []model.MessageType{r.row(gone).Type}, MaxBytes: model.MaxMediaFile, FailedBefore: model.StampOf(time.Now().Add(time.Hour)), Limit: 1000,
		})
		require.NoError(t, err)
		return slices.ContainsFunc(list, func(ref model.MediaRef) bool { return ref.MessageID == gone })
	}
	for n := 1; ; n++ {
		r.sync()
		require.Equal(t, model.MediaRemote, r.row(gone).MediaState)
		if !wanted() {
			require.Greater(t, n, 1, "once may be chance")
			return
		}
		require.Less(t, n, 5)
		require.Error(t, r.Media.Download(t.Context(), gone))
	}
}
