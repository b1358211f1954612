package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// AvatarDue is somebody whose picture should be asked for. At least one of the two keys is set.
type AvatarDue struct {
	ContactID      model.ContactID
	ConversationID model.ConversationID
	JID            model.JID
}

// AvatarsDue is part of the agreed API.
func (s *Store) AvatarsDue(ctx context.Context, id model.SessionID, askedBefore model.Stamp, limit int) ([]AvatarDue, error) {
	return nil, errNotWritten
}

// SaveAvatar is part of the agreed API.
func (s *Store) SaveAvatar(ctx context.Context, due AvatarDue, hash string, at model.Stamp, failed bool) error {
	return errNotWritten
}
