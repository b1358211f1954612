package app_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// take copies a file with these words in it, as one that is attached.
func (r *mediaRig) take(words string) (model.OutgoingFile, string) {
	r.t.Helper()
	file, err := r.Attach.Take(r.t.Context(), writeTo(r.t, "pedido.txt", []byte(words)), model.TakeOptions{})
	require.NoError(r.t, err)
	return file, r.Media.Path(file.SHA256)
}

// again opens the data anew, long after what was copied before.
func (r *mediaRig) again(mode app.Mode, copies ...string) {
	r.t.Helper()
	require.NoError(r.t, r.Close())
	old := time.Now().Add(-time.Hour)
	for _, path := range copies {
		require.NoError(r.t, os.Chtimes(path, old, old))
	}
	r.open(mode)
}

func TestTheCopyOfASentFileIsTheFileOfItsMessage(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	conversation, _ := r.conversation()
	file, path := r.take("tres barras, por favor")
	item, err := r.Conversations.SendAndWait(t.Context(), conversation, model.Outgoing{File: &file})
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, item.State)

	r.again(app.ModeCommand, path)
	row, err := r.Store.MessageByShortID(t.Context(), conversation, true, item.ShortID)
	require.NoError(t, err)
	require.Equal(t, path, r.Media.Path(row.MediaHash))
	require.FileExists(t, path)
	require.Eventually(t, func() bool { // a message is older than now when its second is over
		_, err := r.Media.DeleteOld(t.Context(), 0, conversation)
		require.NoError(t, err)
		_, err = os.Stat(path)
		return os.IsNotExist(err)
	}, patience, 50*time.Millisecond, "it goes with what the owner removes: nothing is left of it under another name")
}

func TestTheCopyOfAFileStaysAsLongAsItMayGo(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	conversation, _ := r.conversation()
	failed, failedPath := r.take("una tarta")
	unknown, unknownPath := r.take("dos tartas")
	dropped, droppedPath := r.take("ninguna tarta")
	_, orphanPath := r.take("never queued")

	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault413, Times: 1, Route: "sendMessage"}))
	first, err := r.Conversations.SendAndWait(t.Context(), conversation, model.Outgoing{File: &failed})
	require.NoError(t, err)
	require.Equal(t, model.OutboxFailed, first.State)
	id, err := r.Conversations.Send(t.Context(), conversation, model.Outgoing{File: &unknown})
	require.NoError(t, err)
	_, claimed, err := r.Store.ClaimOutbox(t.Context(), id, model.StampOf(time.Now()), "")
	require.NoError(t, err)
	require.True(t, claimed) // and then it was killed
	gone, err := r.Conversations.Send(t.Context(), conversation, model.Outgoing{File: &dropped})
	require.NoError(t, err)
	require.NoError(t, r.Outbox.Forget(t.Context(), gone))
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault503, Rate: 1}))

	r.again(app.ModeWindow, failedPath, unknownPath, droppedPath, orphanPath)
	require.Eventually(t, func() bool {
		_, err1 := os.Stat(droppedPath)
		_, err2 := os.Stat(orphanPath)
		return os.IsNotExist(err1) && os.IsNotExist(err2)
	}, patience, 10*time.Millisecond)
	require.FileExists(t, failedPath, "it can be sent again")
	require.FileExists(t, unknownPath, "it can be sent again")
	row, err := r.Outbox.Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.OutboxUnknown, row.State)
}
