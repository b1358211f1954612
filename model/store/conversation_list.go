package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// conversationFilter returns the conditions of a query on conversations.
func conversationFilter(q *model.ConversationQuery) *filter {
	f := &filter{}
	f.add("thread_id IN (0, id)")
	if q.SessionID != 0 {
		f.add("session_id = ?", int64(q.SessionID))
	}
	switch q.Filter {
	case model.FilterEverything:
	case model.FilterArchived:
		f.add("list_archived = 1")
	case model.FilterUnread:
		f.add("list_archived = 0 AND (list_unread > 0 OR list_marked = 1)")
	case model.FilterPinned:
		f.add("list_archived = 0 AND list_pinned = 1")
	case model.FilterGroups:
		f.add("list_archived = 0 AND kind = 'group'")
	default:
		f.add("list_archived = 0")
	}
	if q.LabelID != 0 {
		f.add(`id IN (SELECT iif(m.thread_id = 0, m.id, m.thread_id) FROM conversation_labels l JOIN conversations m ON m.id = l.conversation_id
			WHERE l.label_id = ?)`, int64(q.LabelID))
	}
	if q.After != nil {
		f.add("(list_pinned, list_last_at, id) < (?, ?, ?)", q.After.Pinned, int64(q.After.LastAt), int64(q.After.ID))
	}
	f.contains(q.Text)
	return f
}

// Conversations returns conversations, pinned ones first, then the newest activity.
func (s *Store) Conversations(ctx context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	f := conversationFilter(&q)
	var list []model.ConversationRow
	err := s.read(ctx, "list conversations", func(tx *gorm.DB) error {
		var err error
		list, err = conversationRows(tx, " FROM conversations c INDEXED BY conversations_list"+f.where()+
			" ORDER BY list_pinned DESC, list_last_at DESC, id DESC"+limitClause(q.Limit), f.args)
		return err
	})
	return list, err
}

// ConversationOrder returns the keys of all conversations of a query in the
// order of the list, whatever its limit: one pass over one index.
func (s *Store) ConversationOrder(ctx context.Context, q model.ConversationQuery) ([]model.ConversationID, error) {
	f := conversationFilter(&q)
	var ids []model.ConversationID
	err := s.read(ctx, "order conversations", func(tx *gorm.DB) error {
		var text string // one row with all keys: ten thousand rows would cost three times as much
		err := queryRow(tx, "SELECT json_group_array(id) FROM (SELECT id FROM conversations INDEXED BY conversations_list"+f.where()+
			" ORDER BY list_pinned DESC, list_last_at DESC, id DESC"+limitClause(q.Limit)+")", f.args...).Scan(&text)
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &ids)
	})
	return ids, err
}

// ConversationRows returns the rows of conversations by their keys, in that
// order; those that are not there are left out.
func (s *Store) ConversationRows(ctx context.Context, ids []model.ConversationID) ([]model.ConversationRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var list []model.ConversationRow
	err := s.read(ctx, "read conversations", func(tx *gorm.DB) error {
		var err error
		list, err = conversationRows(tx, " FROM conversations c WHERE c.id IN (SELECT value FROM json_each(?))", []any{jsonNumbers(ids)})
		return err
	})
	place := make(map[model.ConversationID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(list, func(a, b model.ConversationRow) int { return place[a.ID] - place[b.ID] })
	return list, err
}

// listedConversation is a row of the list with what it is completed by.
type listedConversation struct {
	model.ConversationRow
	ThreadID       model.ConversationID
	LastAuthorJID  model.JID `gorm:"column:last_author_jid"`
	LastAuthorName string
}

// conversationColumns are those of a row of the list; c is conversations.
const conversationColumns = `SELECT c.id, c.session_id, c.jid, c.kind, c.name, c.list_unread AS unread, c.list_marked AS marked_unread,
	c.list_pinned AS pinned, c.list_archived AS archived, c.list_muted AS muted_until, c.list_last_at AS last_at,
	c.last_from_me, c.last_type, c.last_text, c.last_ack, c.draft, c.avatar_hash, c.thread_id,
	coalesce((SELECT i.phone_jid FROM identities i WHERE i.session_id = c.session_id AND i.lid = c.jid), '') AS main_jid,
	c.list_not_seen AS not_seen_since, coalesce((SELECT group_concat(l.color, ' ') FROM conversation_labels cl JOIN labels l ON l.id = cl.label_id
		WHERE cl.conversation_id = c.id), '') AS label_colors, c.last_author AS last_author_jid,
	CASE WHEN c.last_author = '' THEN '' ELSE coalesce((SELECT m.author_name FROM messages m
		WHERE m.id = c.last_message_id AND m.author_jid = c.last_author), '') END AS last_author_name`

// conversationRows runs a query of conversations, aliased c, and fills in what those
// that stand for several show of the others, the names of the authors of the last
// messages and of whom these mention.
func conversationRows(tx *gorm.DB, from string, args []any) ([]model.ConversationRow, error) {
	var found []listedConversation
	if err := tx.Raw(conversationColumns+from, args...).Scan(&found).Error; err != nil {
		return nil, err
	}
	if err := completeThreads(tx, found); err != nil {
		return nil, err
	}
	err := completePictures(tx, len(found), func(i int) (person, *string) { return person{found[i].SessionID, found[i].JID}, &found[i].AvatarHash })
	if err != nil {
		return nil, err
	}
	people := make([]person, len(found))
	for i, r := range found {
		people[i] = person{r.SessionID, r.LastAuthorJID}
	}
	for _, r := range found {
		if r.Kind == model.KindGroup {
			for _, jid := range model.MentionedIn(r.LastText) {
				people = append(people, person{r.SessionID, jid})
			}
		}
	}
	names, err := displayNames(tx, people)
	if err != nil {
		return nil, err
	}
	list := make([]model.ConversationRow, len(found))
	for i, r := range found {
		list[i] = r.ConversationRow
		if r.LastAuthorJID != "" {
			list[i].LastAuthor = authorName(people[i], names, r.LastAuthorName)
		}
		if r.Kind == model.KindGroup {
			list[i].LastText = model.NameMentioned(r.LastText, func(jid model.JID) string { return names[person{r.SessionID, jid}] })
		}
	}
	return list, nil
}

// completeThreads gives rows that stand for several conversations the last message
// of them all, and what only another one has: a draft, labels.
func completeThreads(tx *gorm.DB, found []listedConversation) error {
	heads := map[model.ConversationID]*listedConversation{}
	var ids []model.ConversationID
	for i := range found {
		if r := &found[i]; r.ThreadID == r.ID && heads[r.ID] == nil {
			heads[r.ID] = r
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return eachRow(tx, func(rows *sql.Rows) error {
		var m listedConversation
		err := rows.Scan(&m.ThreadID, &m.LastFromMe, &m.LastType, &m.LastText, &m.LastAck, &m.Draft, &m.LabelColors)
		h := heads[m.ThreadID]
		if m.LastType != "" {
			h.LastFromMe, h.LastType, h.LastText, h.LastAck = m.LastFromMe, m.LastType, m.LastText, m.LastAck
		}
		h.Draft = firstOf(h.Draft, m.Draft)
		for color := range strings.FieldsSeq(m.LabelColors) {
			if !slices.Contains(strings.Fields(h.LabelColors), color) {
				h.LabelColors = strings.TrimSpace(h.LabelColors + " " + color)
			}
		}
		return err
	}, `SELECT c.thread_id, c.last_from_me, +c.last_type, +c.last_text, c.last_ack, +c.draft,
			coalesce((SELECT group_concat(l.color, ' ') FROM conversation_labels cl JOIN labels l ON l.id = cl.label_id
				WHERE cl.conversation_id = c.id), '')
		FROM json_each(?) j CROSS JOIN conversations c INDEXED BY conversations_thread ON c.thread_id = j.value AND c.thread_id <> 0
		ORDER BY c.last_at, c.id`, jsonNumbers(ids))
}

// CountConversations returns how many conversations are held of a session, archived ones too.
func (s *Store) CountConversations(ctx context.Context, id model.SessionID) (int, error) {
	n := 0
	err := s.read(ctx, "count conversations", func(tx *gorm.DB) error {
		return queryRow(tx, "SELECT count(*) FROM conversations WHERE session_id = ? AND thread_id IN (0, id)", int64(id)).Scan(&n)
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

// NewestHeld returns for each session when its newest held message was sent.
func (s *Store) NewestHeld(ctx context.Context) (map[model.SessionID]model.Stamp, error) {
	var found []struct {
		SessionID model.SessionID
		Newest    model.MessageID
	}
	err := s.read(ctx, "look for the newest messages", func(tx *gorm.DB) error {
		return tx.Raw("SELECT session_id, max(last_message_id) AS newest FROM conversations GROUP BY session_id").Scan(&found).Error
	})
	newest := make(map[model.SessionID]model.Stamp, len(found))
	for _, f := range found {
		if f.Newest != 0 {
			newest[f.SessionID] = f.Newest.Stamp()
		}
	}
	return newest, err
}
