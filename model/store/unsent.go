package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// UnsentMessages returns how many own messages of persons and groups, sent from
// one unix second to another, have no tick yet, and conversations in which they
// are, so many at most and the one with the newest first.
func (s *Store) UnsentMessages(ctx context.Context, id model.SessionID, from, to int64, limit int) (ids []model.ConversationID, n int, err error) {
	if to < from {
		return nil, 0, nil
	}
	err = s.read(ctx, "look for own messages without a tick", func(tx *gorm.DB) error {
		return eachRow(tx, func(rows *sql.Rows) error {
			var conversation model.ConversationID
			var count int
			if err := rows.Scan(&conversation, &count); err != nil {
				return err
			}
			n += count
			if len(ids) < limit {
				ids = append(ids, conversation)
			}
			return nil
		}, `SELECT m.conversation_id, count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
			WHERE m.id >= ? AND m.id < ? AND m.from_me AND m.ack = ? AND m.type NOT IN ('revoked', 'call_log', 'ciphertext')
			AND c.session_id = ? AND c.kind IN (?, ?) AND c.jid <> (SELECT jid FROM sessions WHERE id = c.session_id)
			GROUP BY m.conversation_id ORDER BY max(m.id) DESC`,
			int64(model.MessageIDAt(from)), int64(model.MessageIDAt(to+1)), int64(model.AckPending), int64(id), string(model.KindPerson), string(model.KindGroup))
	})
	return ids, n, err
}
