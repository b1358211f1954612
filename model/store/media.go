package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// MediaRef returns the record of a message's file together with what a download
// needs to know. ErrNotFound when the message has none.
func (s *Store) MediaRef(ctx context.Context, id model.MessageID) (model.MediaRef, error) {
	var ref model.MediaRef
	err := s.read(ctx, "read the record of a file", func(tx *gorm.DB) error {
		var found []model.MediaRef
		err := tx.Raw(mediaRefColumns+" WHERE d.message_id = ?", int64(id)).Scan(&found).Error
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNotFound
		}
		ref = found[0]
		return nil
	})
	return ref, err
}

const mediaRefColumns = `SELECT d.*, m.conversation_id, m.short_id, m.from_me, m.type, c.session_id, c.jid
	FROM media d JOIN messages m ON m.id = d.message_id JOIN conversations c ON c.id = m.conversation_id`

// UpdateMedia changes the record of a message's file in one transaction and
// returns it, and whether anything was written. ErrNotFound when there is none.
func (s *Store) UpdateMedia(ctx context.Context, id model.MessageID, now model.Stamp, change func(*model.Media)) (model.Media, bool, error) {
	var current model.Media
	changed := false
	err := s.write(ctx, "update the record of a file", func(tx *gorm.DB) error {
		var found []model.Media
		if err := tx.Find(&found, "message_id = ?", int64(id)).Error; err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNotFound
		}
		held := found[0]
		current = held
		change(&current)
		if changed = current != held; !changed {
			return nil
		}
		current.UpdatedAt = now
		return exec(tx, `UPDATE media SET state = ?, sha256 = ?, mime_type = ?, file_name = ?, size = ?, error = ?, updated_at = ?
			WHERE message_id = ?`, string(current.State), current.SHA256, current.MimeType, current.FileName, current.Size,
			current.Error, int64(now), int64(id))
	})
	return current, changed, err
}
