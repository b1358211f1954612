package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// avatarAsked is when a picture may count as asked for: each failure in a row
// doubles an extra wait of one day, up to 31 days.
const avatarAsked = "avatar_at + CASE WHEN avatar_tries = 0 THEN 0 ELSE ((1 << min(avatar_tries, 5)) - 1) * 86400000 END"

// AvatarsDue returns whose picture was last asked for before an instant, or
// never: conversations first, the newest first, then the other contacts, those
// never asked first. Failures in a row put it off, see avatarAsked.
func (s *Store) AvatarsDue(ctx context.Context, id model.SessionID, askedBefore model.Stamp, limit int) ([]model.AvatarDue, error) {
	var due []model.AvatarDue
	err := s.read(ctx, "list pictures to ask for", func(tx *gorm.DB) error {
		collect := func(rows *sql.Rows) error {
			var d model.AvatarDue
			if err := rows.Scan(&d.ContactID, &d.ConversationID, &d.JID); err != nil {
				return err
			}
			due = append(due, d)
			return nil
		}
		const conversations = `SELECT coalesce(contact_id, 0), id, jid FROM conversations
			WHERE session_id = ? AND kind IN ('person', 'group') AND avatar_at < ? AND (avatar_at = 0 OR ` + avatarAsked + ` < ?)
			ORDER BY last_at DESC, id DESC LIMIT ?`
		if err := eachRow(tx, collect, conversations, int64(id), int64(askedBefore), int64(askedBefore), limit); err != nil {
			return err
		}
		if len(due) >= limit {
			return nil
		}
		const contacts = `SELECT id, 0, jid FROM contacts
			WHERE session_id = ? AND avatar_at < ? AND is_group = 0 AND (avatar_at = 0 OR ` + avatarAsked + ` < ?)
			AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.session_id = contacts.session_id AND c.jid = contacts.jid)
			ORDER BY avatar_at, id LIMIT ?`
		return eachRow(tx, collect, contacts, int64(id), int64(askedBefore), int64(askedBefore), limit-len(due))
	})
	return due, err
}

// SaveAvatar keeps the outcome of asking for a picture: its hash, "" when there
// is none, or that asking failed, which keeps the old picture. The contact and
// the conversation of the same identifier both get it.
func (s *Store) SaveAvatar(ctx context.Context, due model.AvatarDue, hash string, at model.Stamp, failed bool) error {
	return s.write(ctx, "save a picture", func(tx *gorm.DB) error {
		var session model.SessionID
		err := queryRow(tx, `SELECT session_id FROM conversations WHERE id = ?
			UNION ALL SELECT session_id FROM contacts WHERE id = ? LIMIT 1`,
			int64(due.ConversationID), int64(due.ContactID)).Scan(&session)
		if err != nil {
			return err
		}
		for _, table := range []string{"contacts", "conversations"} {
			set := " SET avatar_at = ?, avatar_tries = 0, avatar_hash = ?"
			args := []any{int64(at), hash, int64(session), string(due.JID)}
			if failed {
				set = " SET avatar_at = ?, avatar_tries = avatar_tries + 1"
				args = []any{int64(at), int64(session), string(due.JID)}
			}
			if err := exec(tx, "UPDATE "+table+set+" WHERE session_id = ? AND jid = ?", args...); err != nil {
				return err
			}
		}
		return nil
	})
}
