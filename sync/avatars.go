package sync

import (
	"context"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// fetchAvatar asks for one picture that is not held or has grown old. Having
// none is normal, and a failure stops nothing (contract §12.10).
func (w *worker) fetchAvatar(ctx context.Context) {
	if w.e.p.Avatars == nil {
		return
	}
	before := model.StampOf(w.e.p.Now().Add(-w.e.p.Timing.AvatarAge))
	due, err := w.e.p.Store.AvatarsDue(ctx, w.id, before, 1)
	if err != nil {
		w.log.WithError(err).Warn("look for missing pictures")
		return
	}
	for _, d := range due {
		w.avatarOf(ctx, d)
		w.e.p.Bus.Publish(event.Batch{Conversations: event.Of(w.id), Contacts: event.Of(w.id)})
	}
}

// avatarOf asks for a picture and keeps it, or keeps that there is none now.
func (w *worker) avatarOf(ctx context.Context, due model.AvatarDue) {
	if w.e.p.Avatars == nil {
		return
	}
	hash, failed := "", false
	gw := w.e.p.Gateway()
	address, err := gw.ProfilePicURL(ctx, w.name, string(due.JID))
	if err == nil && address != "" {
		var data []byte
		var mimetype string
		if data, mimetype, err = gw.DownloadProfilePic(ctx, address); err == nil {
			hash, err = w.e.p.Avatars.Save(data, mimetype)
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		failed = true
		w.log.WithError(err).Debug("fetch a picture")
	}
	if err := w.e.p.Store.SaveAvatar(ctx, due, hash, w.e.stamp(), failed); err != nil {
		w.log.WithError(err).Warn("write the picture")
	}
}
