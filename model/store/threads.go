package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// threadOf returns the conversations of the person that a conversation is with, the
// one that stands for them first; one that is alone gives itself.
func threadOf(tx *gorm.DB, id model.ConversationID) ([]model.ConversationID, error) {
	var ids []model.ConversationID
	err := eachRow(tx, func(rows *sql.Rows) error {
		var member model.ConversationID
		err := rows.Scan(&member)
		ids = append(ids, member)
		return err
	}, `SELECT m.id FROM conversations c CROSS JOIN conversations m ON m.thread_id = c.thread_id AND m.thread_id <> 0
		WHERE c.id = ? AND c.thread_id <> 0 ORDER BY m.id <> m.thread_id, m.id`, int64(id))
	if len(ids) == 0 {
		ids = []model.ConversationID{id}
	}
	return ids, err
}

// Thread returns the conversations that are shown as one with a conversation: those
// with the same person, the one that stands for them first. One that is alone gives
// itself.
func (s *Store) Thread(ctx context.Context, id model.ConversationID) ([]model.ConversationID, error) {
	var ids []model.ConversationID
	err := s.read(ctx, "read the parts of a thread", func(tx *gorm.DB) (err error) {
		ids, err = threadOf(tx, id)
		return err
	})
	return ids, err
}

// Threads returns for every conversation of a thread the one that stands for it.
func (s *Store) Threads(ctx context.Context) (map[model.ConversationID]model.ConversationID, error) {
	heads := map[model.ConversationID]model.ConversationID{}
	err := s.read(ctx, "read the threads", func(tx *gorm.DB) error {
		return eachRow(tx, func(rows *sql.Rows) error {
			var member, head model.ConversationID
			err := rows.Scan(&member, &head)
			heads[member] = head
			return err
		}, "SELECT id, thread_id FROM conversations WHERE thread_id <> 0")
	})
	return heads, err
}

// ShownConversation returns a conversation as it is shown: of several with one
// person what the list shows of them all.
func (s *Store) ShownConversation(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	var c model.Conversation
	err := s.read(ctx, "read a conversation", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil {
			return err
		}
		var members []model.Conversation
		if err := tx.Order("last_at DESC, id DESC").Find(&members, "id IN (SELECT value FROM json_each(?))", jsonNumbers(ids)).Error; err != nil {
			return err
		}
		head := slices.IndexFunc(members, func(m model.Conversation) bool { return m.ID == ids[0] })
		if head < 0 {
			return ErrNotFound
		}
		c = members[head]
		err = queryRow(tx, "SELECT coalesce((SELECT phone_jid FROM identities WHERE session_id = ? AND lid = ?), '')", int64(c.SessionID), string(c.JID)).Scan(&c.Main)
		if err != nil {
			return err
		}
		err = completePictures(tx, 1, func(int) (person, *string) { return person{c.SessionID, c.JID}, &c.AvatarHash })
		if err != nil || len(members) == 1 {
			return err
		}
		newest := members[0]
		c.LastMessageID, c.LastShortID, c.LastFromMe, c.LastType = newest.LastMessageID, newest.LastShortID, newest.LastFromMe, newest.LastType
		c.LastText, c.LastAuthor, c.LastAck = newest.LastText, newest.LastAuthor, newest.LastAck
		for i := range members {
			c.Draft = firstOf(c.Draft, members[i].Draft)
			if c.ContactID == nil {
				c.ContactID = members[i].ContactID
			}
		}
		return queryRow(tx, `SELECT list_unread, list_marked, list_pinned, list_archived, list_muted, list_last_at, list_not_seen
			FROM conversations WHERE id = ?`, int64(c.ID)).
			Scan(&c.Unread, &c.MarkedUnread, &c.Pinned, &c.Archived, &c.MutedUntil, &c.LastAt, &c.NotSeenSince)
	})
	return c, err
}

// Reach returns the identifiers of the person of a conversation that the gateway
// still names, and those of the conversations with the person. The conversation's
// own comes first, and is alone in them when it names none.
func (s *Store) Reach(ctx context.Context, id model.ConversationID) (people, chats []model.JID, err error) {
	err = s.read(ctx, "look under which ids a person is known", func(tx *gorm.DB) error {
		var c model.Conversation
		if err := tx.Select("id", "session_id", "jid").Take(&c, "id = ?", id).Error; err != nil {
			return err
		}
		ids, err := personList(tx, c.SessionID, c.JID)
		if err != nil {
			return err
		}
		err = eachRow(tx, func(rows *sql.Rows) error {
			var jid model.JID
			var chat bool
			err := rows.Scan(&jid, &chat)
			people = append(people, jid)
			if chat {
				chats = append(chats, jid)
			}
			return err
		}, `SELECT j.value, c.id IS NOT NULL FROM json_each(?1) j
			LEFT JOIN conversations c ON c.session_id = ?2 AND c.jid = j.value AND c.not_seen_since = 0
			LEFT JOIN contacts k ON k.session_id = ?2 AND k.jid = j.value AND k.not_seen_since = 0
			WHERE c.id IS NOT NULL OR k.id IS NOT NULL ORDER BY j.value <> ?3, j.key`, ids, int64(c.SessionID), string(c.JID))
		if len(people) == 0 {
			people = []model.JID{c.JID}
		}
		if len(chats) == 0 {
			chats = []model.JID{c.JID}
		}
		return err
	})
	return people, chats, err
}

// AnswerTo returns the conversation of a thread into which an answer goes: the one
// that the newest message of the other came in, else the one that moved last
// (contract §10.1: an id is never made of the digits of another).
func (s *Store) AnswerTo(ctx context.Context, id model.ConversationID) (model.ConversationID, error) {
	answer := id
	err := s.read(ctx, "find where an answer goes", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil || len(ids) == 1 {
			return err
		}
		// The plus keeps SQLite to the index of the pages, in their order.
		return queryRow(tx, `SELECT c.id FROM json_each(?) j CROSS JOIN conversations c ON c.id = j.value
			ORDER BY coalesce((SELECT m.id FROM messages m WHERE m.conversation_id = c.id AND +m.from_me = 0
				AND m.type NOT IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC LIMIT 1), 0) DESC,
				c.last_at DESC, c.not_seen_since = 0 DESC, c.id <> ?, c.id LIMIT 1`, jsonNumbers(ids), noticeTypes, int64(ids[0])).Scan(&answer)
	})
	return answer, err
}

// pageKeys is where a page of messages begins and in which direction it goes.
type pageKeys struct {
	condition string // on m.id, with one parameter, or ""
	key       model.MessageID
	ascending bool
}

// threadPage reads a page of the messages of several conversations as if they were
// one. Each gives so many keys from its own part of the index, which are put in
// order here, so that a page costs the same however much is behind it. A message
// that came in two of them is one.
func threadPage(tx *gorm.DB, ids []model.ConversationID, k pageKeys, limit int) ([]model.MessageRow, error) {
	if limit == 0 {
		return nil, nil
	}
	order := " ORDER BY m.id DESC"
	if k.ascending {
		order = " ORDER BY m.id"
	}
	all := jsonNumbers(ids)
	var keys []model.MessageID
	for _, id := range ids {
		args := []any{int64(id)}
		where := "m.conversation_id = ?"
		if k.condition != "" {
			where += " AND " + k.condition
			args = append(args, int64(k.key))
		}
		some, err := keysOf[model.MessageID](tx, "SELECT m.id FROM messages m WHERE "+where+" AND "+notDoubled+order+limitClause(limit), append(args, all)...)
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	slices.SortFunc(keys, func(a, b model.MessageID) int {
		if k.ascending {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(b, a)
	})
	page, err := pageOf(tx, "WHERE m.id IN (SELECT value FROM json_each(?))", limit, jsonNumbers(keys[:min(limit, len(keys))]))
	slices.SortFunc(page, func(a, b model.MessageRow) int {
		if k.ascending {
			return cmp.Compare(a.ID, b.ID)
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return page, err
}

// notDoubled leaves out a message m that is held in another conversation of the
// thread too, the later of the two keys. Its parameter are the conversations.
const notDoubled = `NOT EXISTS (SELECT 1 FROM json_each(?) t CROSS JOIN messages d ON d.conversation_id = t.value
	AND d.from_me = m.from_me AND d.short_id = m.short_id WHERE d.id < m.id AND d.id >> 20 = m.id >> 20)`

// mergeDoubles takes over what the other copies say of messages that came in two
// conversations of a thread: each may have heard of an edit or a tick alone.
func mergeDoubles(tx *gorm.DB, ids []model.ConversationID, page []model.MessageRow) error {
	if len(ids) == 1 || len(page) == 0 {
		return nil
	}
	at := make(map[model.MessageID]int, len(page))
	keys := make([]model.MessageID, len(page))
	for i := range page {
		at[page[i].ID], keys[i] = i, page[i].ID
	}
	found, err := keysOf[model.MessageID](tx, `SELECT d.id FROM json_each(?) j CROSS JOIN messages m ON m.id = j.value CROSS JOIN json_each(?) t
		CROSS JOIN messages d ON d.conversation_id = t.value AND d.from_me = m.from_me AND d.short_id = m.short_id
		WHERE d.id > m.id AND d.id >> 20 = m.id >> 20`, jsonNumbers(keys), jsonNumbers(ids))
	if err != nil || len(found) == 0 {
		return err
	}
	copies, err := pageOf(tx, "WHERE m.id IN (SELECT value FROM json_each(?))", len(found), jsonNumbers(found))
	if err != nil {
		return err
	}
	for i := range copies {
		other := &copies[i]
		for j := range page {
			if m := &page[j]; m.FromMe == other.FromMe && m.ShortID == other.ShortID && m.ID.Unix() == other.ID.Unix() {
				key, conversation := m.ID, m.ConversationID
				m.Message, _, _ = model.MergeMessage(m.Message, other.Message, m.RevokedAt)
				m.ID, m.ConversationID = key, conversation
			}
		}
	}
	return nil
}
