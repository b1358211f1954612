package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

const (
	// deleteEvery is how often files that are older than the settings allow are looked for.
	deleteEvery = 24 * time.Hour
	// deleteBatch is how many records one transaction changes at most.
	deleteBatch = 200
)

// Media are the use cases on the files of messages.
type Media struct {
	a      *App
	studio studio
	open   func(ctx context.Context, path string) error // hands it to the system
	// puts a PNG file on the clipboard of the system
	copyPicture func(ctx context.Context, path string) error
}

func newMedia(a *App, o Options) *Media {
	m := &Media{a: a, studio: newStudio(), open: o.Opener, copyPicture: o.CopyPicture}
	if m.copyPicture == nil {
		m.copyPicture = pictureToClipboard
	}
	if m.open == nil {
		m.open = openOutside
	}
	return m
}

// Download fetches the file of a message and returns when it is stored or has
// failed; how far it is comes as events. The error's kind is ProblemMediaGone
// when the phone must upload it again. It ends with its context.
func (m *Media) Download(ctx context.Context, id model.MessageID) error {
	return m.a.engine.DownloadMedia(ctx, id)
}

// Cancel ends a download, and keeps the file from coming by itself. It does not block.
func (m *Media) Cancel(id model.MessageID) { m.a.engine.CancelMedia(id) }

// Path returns the file with a digest, "" for a name that is none. It may not exist.
func (m *Media) Path(hash string) string { return m.a.media.path(hash) }

// Gallery returns a page of a conversation's pictures, files or links, the newest first.
func (m *Media) Gallery(ctx context.Context, q model.MediaQuery) ([]model.MediaItem, error) {
	return m.a.Store.Gallery(ctx, q)
}

// Usage returns what the stored files of each conversation weigh, the heaviest first.
func (m *Media) Usage(ctx context.Context) ([]model.MediaUsage, error) {
	return m.a.Store.MediaUsage(ctx)
}

// Reactions returns who reacted to a message, as far as it is known locally.
func (m *Media) Reactions(ctx context.Context, id model.MessageID) ([]model.ReactionDetail, error) {
	return m.a.Store.ReactionDetails(ctx, id)
}

// Votes returns who chose what in a poll, as far as it is known locally.
func (m *Media) Votes(ctx context.Context, id model.MessageID) ([]model.PollVote, error) {
	return m.a.Store.PollVotes(ctx, id)
}

// Refresh asks the gateway who reacted to a message, and for the votes of a
// poll. What is new comes as an event about the messages of its conversation.
func (m *Media) Refresh(ctx context.Context, id model.MessageID) error {
	return m.a.engine.RefreshReactions(ctx, id)
}

// Versions returns the earlier texts of a message that was edited or revoked, the first one first.
func (m *Media) Versions(ctx context.Context, id model.MessageID) ([]model.MessageVersion, error) {
	return m.a.Store.MessageVersions(ctx, id)
}

// PreviewDelete returns what DeleteOld would remove now; it removes nothing. A
// file that several messages share counts for each of them.
func (m *Media) PreviewDelete(ctx context.Context, olderThanDays int, id model.ConversationID) (model.MediaUsage, error) {
	before, err := m.olderThan(olderThanDays)
	if err != nil {
		return model.MediaUsage{}, err
	}
	return m.a.Store.MediaOlder(ctx, before, id)
}

// DeleteOld removes the stored files of messages that are older than some days,
// of one conversation or (zero) of all, and returns what was removed. The
// messages stay, and a file can be fetched again as long as the gateway has it.
// A file that a newer message or an outgoing one refers to stays.
func (m *Media) DeleteOld(ctx context.Context, olderThanDays int, id model.ConversationID) (model.MediaUsage, error) {
	began := m.a.now()
	before, err := m.olderThan(olderThanDays)
	if err != nil {
		return model.MediaUsage{}, err
	}
	removed, err := m.deleteBefore(ctx, before, id)
	if removed.Files > 0 || err != nil {
		m.a.recordRow(ctx, model.ActivitySystem, "delete_media", began, err, func(row *model.Activity) { row.Updated = removed.Files })
	}
	return removed, err
}

// olderThan returns the key before which messages are older than some days.
func (m *Media) olderThan(days int) (model.MessageID, error) {
	if days < 0 {
		return 0, &InputError{What: "days"}
	}
	return model.MessageIDAt(m.a.now().Unix() - int64(days)*24*60*60), nil
}

func (m *Media) deleteBefore(ctx context.Context, before model.MessageID, id model.ConversationID) (model.MediaUsage, error) {
	removed := model.MediaUsage{ConversationID: id}
	for {
		// The records go first: a kill in between leaves files that the next start removes.
		forgotten, err := m.a.Store.ForgetMedia(ctx, before, id, deleteBatch, model.StampOf(m.a.now()))
		if err != nil {
			return removed, fmt.Errorf("forget old files: %w", err)
		}
		digests := make([]string, 0, len(forgotten))
		changed := event.Set[model.ConversationID]{}
		for _, ref := range forgotten {
			removed.Files++
			removed.Bytes += ref.Size
			digests = append(digests, ref.SHA256)
			changed[ref.ConversationID] = struct{}{}
		}
		if err := m.a.media.remove(ctx, digests, m.a.Store.FilesInUse); err != nil {
			return removed, err
		}
		m.a.Events.Publish(event.Batch{Messages: changed})
		if len(forgotten) < deleteBatch {
			return removed, nil
		}
	}
}

// lost writes that a file which was held is no longer there: it can be fetched again.
func (m *Media) lost(ctx context.Context, ref model.MediaRef) {
	_, changed, err := m.a.Store.UpdateMedia(ctx, ref.MessageID, model.StampOf(m.a.now()), func(now *model.Media) {
		if now.State == model.MediaStored && now.SHA256 == ref.SHA256 {
			now.State, now.SHA256, now.Tries = model.MediaRemote, "", model.MediaByHand
		}
	})
	if err != nil {
		m.a.Log.WithError(err).Warn("write that a file is missing")
	}
	if changed {
		m.a.Events.Publish(event.Batch{Messages: event.Of(ref.ConversationID)})
	}
}

// keepTidy removes what a kill left behind and copies that were opened, and then
// once a day the files that are older than the settings allow. It ends with ctx.
func (m *Media) keepTidy(ctx context.Context) {
	if err := emptyFolder(m.a.Paths.Open); err != nil {
		m.a.Log.WithError(err).Warn("remove the copies of opened files")
	}
	switch n, err := m.a.media.sweep(ctx, m.a.Store.FilesInUse); {
	case err != nil && ctx.Err() == nil:
		m.a.Log.WithError(err).Warn("remove files that nothing refers to")
	case n > 0:
		m.a.Log.WithField("files", n).Info("removed files that nothing refers to")
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if days := m.a.settings.Current().AutoDeleteMediaDays; days > 0 {
			if _, err := m.DeleteOld(ctx, days, 0); err != nil && ctx.Err() == nil {
				m.a.Log.WithError(err).Warn("remove old files")
			}
		}
		timer.Reset(deleteEvery)
	}
}

// emptyFolder removes what is in a folder; one that does not exist is empty.
func emptyFolder(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into a folder: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("open a folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written through it
	var errs []error
	for _, e := range entries {
		errs = append(errs, root.RemoveAll(e.Name()))
	}
	return errors.Join(errs...)
}
