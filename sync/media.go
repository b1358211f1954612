package sync

import (
	"context"
	"fmt"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// DownloadMedia fetches the file of a message and returns when it is stored,
// at once when it is already. How far it is comes as events.
func (e *Engine) DownloadMedia(ctx context.Context, id model.MessageID) error {
	ref, err := e.p.Store.MediaRef(ctx, id)
	if err != nil {
		return fmt.Errorf("load the record of the file: %w", err)
	}
	if ref.State == model.MediaStored {
		return nil
	}
	w, err := e.worker(ref.SessionID)
	if err != nil {
		return err
	}
	return w.download(ctx, ref)
}

// CancelMedia ends the download of a message's file; it does not block.
func (e *Engine) CancelMedia(model.MessageID) {}

// download fetches one file and keeps it.
func (w *worker) download(ctx context.Context, ref model.MediaRef) error {
	media, err := w.e.p.Gateway().DownloadMedia(ctx, w.name, gateway.MessageRef{ChatID: string(ref.JID), ShortID: string(ref.ShortID)})
	hash := ""
	if err == nil {
		hash, err = w.e.p.Avatars.Save(media.Data, media.Mimetype)
	}
	_, changed, uerr := w.e.p.Store.UpdateMedia(ctx, ref.MessageID, w.e.stamp(), func(m *model.Media) {
		if err != nil {
			m.State, m.Error = model.MediaFailed, string(ProblemKind(err))
			return
		}
		m.State, m.SHA256, m.Size, m.Error = model.MediaStored, hash, int64(len(media.Data)), ""
	})
	if uerr != nil {
		return fmt.Errorf("write the record of the file: %w", uerr)
	}
	if changed {
		w.e.p.Bus.Publish(event.Batch{Messages: event.Of(ref.ConversationID)})
	}
	return err
}
