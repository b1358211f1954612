package store

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// FirstUnread returns the first message of a conversation that was not read:
// counted back from its end by the number that the gateway gave, notices and
// own messages left out. It is zero when nothing is unread, and the oldest
// message of others when fewer are held than are unread.
func (s *Store) FirstUnread(ctx context.Context, id model.ConversationID) (model.MessageID, error) {
	var first model.MessageID
	err := s.read(ctx, "find what is unread", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil {
			return err
		}
		for _, id := range ids {
			here, err := firstUnreadIn(tx, id)
			if err != nil {
				return err
			}
			if here != 0 && (first == 0 || here < first) {
				first = here
			}
		}
		return nil
	})
	return first, err
}

// firstUnreadIn is FirstUnread of one conversation by itself.
func firstUnreadIn(tx *gorm.DB, id model.ConversationID) (first model.MessageID, err error) {
	var unread int
	err = queryRow(tx, "SELECT unread FROM conversations WHERE id = ?", int64(id)).Scan(&unread)
	if err != nil || unread <= 0 {
		return 0, ignoreNoRows(err)
	}
	// The plus keeps SQLite to the index of the pages, in their order.
	return first, ignoreNoRows(queryRow(tx, `SELECT min(id) FROM (SELECT id FROM messages
		WHERE conversation_id = ? AND +from_me = 0 AND type NOT IN (SELECT value FROM json_each(?))
		ORDER BY id DESC LIMIT ?) HAVING count(*) > 0`, int64(id), noticeTypes, unread).Scan(&first))
}

// noticeTypes are the types of model.MessageType.IsNotice.
const noticeTypes = `["gp2","e2e_notification","notification","notification_template","group_notification","broadcast_notification","protocol","debug"]`

// Quoted returns the newest message of a conversation with the gateway's id,
// which is unique for each direction only; zero when it is not held.
func (s *Store) Quoted(ctx context.Context, id model.ConversationID, short model.ShortID) (model.MessageID, error) {
	var found model.MessageID
	err := s.read(ctx, "find a quoted message", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil {
			return err
		}
		return ignoreNoRows(queryRow(tx, `SELECT m.id FROM json_each(?) t CROSS JOIN messages m ON m.conversation_id = t.value
			AND m.from_me IN (0, 1) AND m.short_id = ? ORDER BY m.id >> 20 DESC, m.id LIMIT 1`, jsonNumbers(ids), string(short)).Scan(&found))
	})
	return found, err
}

// ignoreNoRows makes nothing of an error that only says that there is no row.
func ignoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
