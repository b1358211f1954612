package store

import (
	"context"
	"database/sql"

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
		return exec(tx, `UPDATE media SET state = ?, sha256 = ?, mime_type = ?, file_name = ?, size = ?, error = ?,
			thumb = ?, width = ?, height = ?, tries = ?, updated_at = ? WHERE message_id = ?`,
			string(current.State), current.SHA256, current.MimeType, current.FileName, current.Size, current.Error,
			current.Thumb, current.Width, current.Height, current.Tries, int64(now), int64(id))
	})
	return current, changed, err
}

// RecoverMedia makes downloads of a session that a kill interrupted remote
// again, and returns how many there were.
func (s *Store) RecoverMedia(ctx context.Context, id model.SessionID, now model.Stamp) (int, error) {
	n := 0
	err := s.write(ctx, "recover interrupted downloads", func(tx *gorm.DB) error {
		result := tx.Exec(`UPDATE media SET state = 'remote', updated_at = ? WHERE state = 'downloading' AND message_id IN (
			SELECT d.message_id FROM media d JOIN messages m ON m.id = d.message_id
			JOIN conversations c ON c.id = m.conversation_id WHERE d.state = 'downloading' AND c.session_id = ?)`, int64(now), int64(id))
		n = int(result.RowsAffected)
		return result.Error
	})
	return n, err
}

// MediaWanted returns files of a session that may be downloaded by themselves,
// the newest message first: of the given types, not larger than said, not tried
// too often. A failed one waits until it was last tried before an instant.
func (s *Store) MediaWanted(ctx context.Context, q model.MediaWish) ([]model.MediaRef, error) {
	var wanted []model.MediaRef
	types, err := jsonTexts(q.Types)
	if err != nil || len(q.Types) == 0 {
		return nil, err
	}
	err = s.read(ctx, "list files to download", func(tx *gorm.DB) error {
		return tx.Raw(mediaRefColumns+` WHERE d.state IN ('remote', 'failed') AND d.tries < 3 AND (?1 = 0 OR d.message_id < ?1)
			AND (d.state = 'remote' OR d.updated_at < ?2) AND d.size <= ?3 AND c.session_id = ?4
			AND m.type IN (SELECT value FROM json_each(?5)) AND m.type NOT IN ('revoked', 'removed')
			ORDER BY d.message_id DESC LIMIT ?6`,
			int64(q.Before), int64(q.FailedBefore), q.MaxBytes, int64(q.SessionID), types, q.Limit).Scan(&wanted).Error
	})
	return wanted, err
}

// ageOf narrows stored files to those of messages before a key, of one
// conversation or (zero) of all. ?1 is the key, ?2 the conversation.
const ageOf = `d.state = 'stored' AND d.message_id < ?1 AND (?2 = 0 OR m.conversation_id = ?2)`

// MediaOlder weighs the stored files of messages before a key, of one
// conversation or (zero) of all.
func (s *Store) MediaOlder(ctx context.Context, before model.MessageID, id model.ConversationID) (model.MediaUsage, error) {
	usage := model.MediaUsage{ConversationID: id}
	err := s.read(ctx, "weigh old files", func(tx *gorm.DB) error {
		return queryRow(tx, `SELECT count(*), coalesce(sum(d.size), 0), coalesce(min(m.id), 0), coalesce(max(m.id), 0),
			coalesce((SELECT name FROM conversations WHERE id = ?2), '')
			FROM media d JOIN messages m ON m.id = d.message_id WHERE `+ageOf, int64(before), int64(id)).
			Scan(&usage.Files, &usage.Bytes, &usage.Oldest, &usage.Newest, &usage.Name)
	})
	return usage, err
}

// ForgetMedia makes up to limit stored files of messages before a key remote
// again: the record says truthfully that the gateway may still have them, and
// they come back only when the owner asks. It returns the records as they were;
// the caller removes the files that nothing refers to any more.
func (s *Store) ForgetMedia(ctx context.Context, before model.MessageID, id model.ConversationID, limit int, now model.Stamp) ([]model.MediaRef, error) {
	var forgotten []model.MediaRef
	err := s.write(ctx, "forget old files", func(tx *gorm.DB) error {
		err := tx.Raw(mediaRefColumns+" WHERE "+ageOf+" ORDER BY d.message_id LIMIT ?3", int64(before), int64(id), limit).Scan(&forgotten).Error
		if err != nil || len(forgotten) == 0 {
			return err
		}
		ids := make([]model.MessageID, len(forgotten))
		for i := range forgotten {
			ids[i] = forgotten[i].MessageID
		}
		return exec(tx, `UPDATE media SET state = (SELECT CASE WHEN m.has_media THEN 'remote' ELSE 'gone' END FROM messages m WHERE m.id = media.message_id),
			sha256 = '', error = '', tries = ?, updated_at = ? WHERE message_id IN (SELECT value FROM json_each(?))`,
			model.MediaByHand, int64(now), jsonNumbers(ids))
	})
	return forgotten, err
}

// FilesInUse returns which of the digests some record refers to: a message, a
// small picture, or an outgoing file whose row is not sent: after that its message refers to it.
func (s *Store) FilesInUse(ctx context.Context, digests []string) (map[string]bool, error) {
	used := make(map[string]bool, len(digests))
	list, err := jsonTexts(digests)
	if err != nil || len(digests) == 0 {
		return used, err
	}
	err = s.read(ctx, "look who refers to files", func(tx *gorm.DB) error {
		return eachRow(tx, func(rows *sql.Rows) error {
			var digest string
			if err := rows.Scan(&digest); err != nil {
				return err
			}
			used[digest] = true
			return nil
		}, `SELECT j.value FROM json_each(?1) j WHERE EXISTS (SELECT 1 FROM media WHERE sha256 = j.value AND sha256 <> '')
			UNION SELECT payload->>'$.file.sha256' FROM outbox WHERE payload <> '' AND json_valid(payload)
				AND payload->>'$.file.sha256' IN (SELECT value FROM json_each(?1)) AND (state <> 'sent' OR short_id = '')`, list)
	})
	return used, err
}
