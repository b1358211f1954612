package store

import (
	"context"
	"strconv"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// Conversations returns conversations, pinned ones first, then the newest activity.
func (s *Store) Conversations(ctx context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	f := &filter{}
	if q.SessionID != 0 {
		f.add("session_id = ?", int64(q.SessionID))
	}
	switch q.Filter {
	case model.FilterEverything:
	case model.FilterArchived:
		f.add("archived = 1")
	case model.FilterUnread:
		f.add("archived = 0 AND (unread > 0 OR marked_unread = 1)")
	case model.FilterPinned:
		f.add("archived = 0 AND pinned = 1")
	case model.FilterGroups:
		f.add("archived = 0 AND kind = 'group'")
	default:
		f.add("archived = 0")
	}
	if q.After != nil {
		f.add("(pinned, last_at, id) < (?, ?, ?)", q.After.Pinned, int64(q.After.LastAt), int64(q.After.ID))
	}
	f.contains(q.Text)
	var list []model.ConversationRow
	err := s.read(ctx, "list conversations", func(tx *gorm.DB) error {
		var err error
		list, err = conversationRows(tx, " FROM conversations c INDEXED BY conversations_list"+f.where()+
			" ORDER BY pinned DESC, last_at DESC, id DESC"+limitClause(q.Limit), f.args)
		return err
	})
	return list, err
}

// conversationRows runs a query of conversations, aliased c, and fills in the
// names of the authors of the last messages.
func conversationRows(tx *gorm.DB, from string, args []any) ([]model.ConversationRow, error) {
	type row struct {
		model.ConversationRow
		LastAuthorJID  model.JID `gorm:"column:last_author_jid"`
		LastAuthorName string
	}
	var found []row
	err := tx.Raw(`SELECT c.id, c.session_id, c.jid, c.kind, c.name, c.unread, c.marked_unread, c.pinned, c.archived,
		c.muted_until, c.last_at, c.last_from_me, c.last_type, c.last_text, c.last_ack, c.draft, c.avatar_hash,
		c.not_seen_since, c.last_author AS last_author_jid,
		CASE WHEN c.last_author = '' THEN '' ELSE coalesce((SELECT m.author_name FROM messages m
			WHERE m.id = c.last_message_id AND m.author_jid = c.last_author), '') END AS last_author_name`+from, args...).
		Scan(&found).Error
	if err != nil {
		return nil, err
	}
	people := make([]person, len(found))
	for i, r := range found {
		people[i] = person{r.SessionID, r.LastAuthorJID}
	}
	names, err := displayNames(tx, people)
	if err != nil {
		return nil, err
	}
	list := make([]model.ConversationRow, len(found))
	for i, r := range found {
		list[i] = r.ConversationRow
		if r.LastAuthorJID != "" {
			list[i].LastAuthor = firstOf(names[people[i]], r.LastAuthorName)
		}
	}
	return list, nil
}

// CountConversations returns how many conversations are held of a session, archived ones too.
func (s *Store) CountConversations(ctx context.Context, id model.SessionID) (int, error) {
	n := 0
	err := s.read(ctx, "count conversations", func(tx *gorm.DB) error {
		return queryRow(tx, "SELECT count(*) FROM conversations WHERE session_id = ?", int64(id)).Scan(&n)
	})
	return n, err
}

// ConversationsToFetch returns the conversations whose newest message is not
// held, the newest first. A limit of zero or less returns all of them.
func (s *Store) ConversationsToFetch(ctx context.Context, id model.SessionID, limit int) ([]model.ConversationID, error) {
	return s.conversationIDs(ctx, "list conversations to fetch", `SELECT id FROM conversations
		WHERE session_id = ? AND ledger_needs_fetch = 1 ORDER BY last_at DESC, id DESC`+limitClause(limit), id)
}

// ConversationIDs returns all conversations of a session, the newest activity first.
func (s *Store) ConversationIDs(ctx context.Context, id model.SessionID) ([]model.ConversationID, error) {
	return s.conversationIDs(ctx, "list conversations",
		"SELECT id FROM conversations WHERE session_id = ? ORDER BY last_at DESC, id DESC", id)
}

func (s *Store) conversationIDs(ctx context.Context, doing, query string, id model.SessionID) ([]model.ConversationID, error) {
	var ids []model.ConversationID
	err := s.read(ctx, doing, func(tx *gorm.DB) error { return tx.Raw(query, id).Scan(&ids).Error })
	return ids, err
}

// limitClause ends a query; zero and less mean no limit.
func limitClause(limit int) string {
	if limit <= 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(limit)
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
