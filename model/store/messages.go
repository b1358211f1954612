package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// defaultMessages is the page of a conversation when no limit is given.
const defaultMessages = 50

// messageColumns are those of a message row; m and d are messages and media.
const messageColumns = `SELECT m.id, m.conversation_id, m.from_me, m.short_id, m.serialized, m.type, m.text,
	m.author_jid, m.author_name, m.ack, m.has_media, m.starred, m.forwarded, m.ephemeral, m.edited_at, m.revoked_at,
	m.quoted_short_id, m.quoted_author, m.quoted_text, m.details,
	coalesce(nullif(d.state, 'none'), '') AS media_state, coalesce(d.sha256, '') AS media_hash,
	coalesce(d.error, '') AS media_error, coalesce(d.size, 0) AS media_size, coalesce(d.thumb, '') AS media_thumb,
	(SELECT count(*) FROM message_versions v WHERE v.message_id = m.id) AS versions
	FROM messages m LEFT JOIN media d ON d.message_id = m.id `

// Messages returns a page of a conversation, and of the others with the same
// person, the oldest first: the newest one,
// the one before or after a message, or the one around it, which it contains
// and which is as long on both sides as there are messages.
func (s *Store) Messages(ctx context.Context, q model.MessageQuery) ([]model.MessageRow, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultMessages
	}
	var page []model.MessageRow
	err := s.read(ctx, "read messages", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, q.ConversationID)
		if err != nil {
			return err
		}
		switch {
		case q.Around != 0:
			var later []model.MessageRow
			if page, err = pageFrom(tx, ids, pageKeys{"m.id <= ?", q.Around, false}, limit-limit/2); err != nil {
				return err
			}
			later, err = pageFrom(tx, ids, pageKeys{"m.id > ?", q.Around, true}, limit/2)
			slices.Reverse(page)
			page = append(page, later...)
		case q.After != 0:
			page, err = pageFrom(tx, ids, pageKeys{"m.id > ?", q.After, true}, limit)
		case q.Before != 0:
			page, err = pageFrom(tx, ids, pageKeys{"m.id < ?", q.Before, false}, limit)
			slices.Reverse(page)
		default:
			page, err = pageFrom(tx, ids, pageKeys{}, limit)
			slices.Reverse(page)
		}
		if err != nil {
			return err
		}
		if err := mergeDoubles(tx, ids, page); err != nil {
			return err
		}
		return completeMessages(tx, page)
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// pageFrom reads a page of one conversation or of the several of a person.
func pageFrom(tx *gorm.DB, ids []model.ConversationID, k pageKeys, limit int) ([]model.MessageRow, error) {
	if len(ids) > 1 {
		return threadPage(tx, ids, k, limit)
	}
	order := " ORDER BY m.id DESC"
	if k.ascending {
		order = " ORDER BY m.id"
	}
	if k.condition == "" {
		return pageOf(tx, "WHERE m.conversation_id = ?"+order, limit, ids[0])
	}
	return pageOf(tx, "WHERE m.conversation_id = ? AND "+k.condition+order, limit, ids[0], k.key)
}

// pageOf reads rows; a limit of zero gives none.
func pageOf(tx *gorm.DB, where string, limit int, args ...any) ([]model.MessageRow, error) {
	var page []model.MessageRow
	if limit == 0 {
		return nil, nil
	}
	return page, tx.Raw(messageColumns+where+limitClause(limit), args...).Scan(&page).Error
}

// completeMessages fills in the names of people, the reactions, open actions and
// votes: one query each for a page.
func completeMessages(tx *gorm.DB, page []model.MessageRow) error {
	if len(page) == 0 {
		return nil
	}
	var session model.SessionID
	err := queryRow(tx, "SELECT session_id FROM conversations WHERE id = ?", int64(page[0].ConversationID)).Scan(&session)
	if err != nil {
		return err
	}
	ids := make([]model.MessageID, len(page))
	for i := range page {
		ids[i] = page[i].ID
	}
	if err := namesIn(tx, session, page); err != nil {
		return err
	}
	reactions, err := reactionSummaries(tx, session, ids)
	if err != nil {
		return err
	}
	for i := range page {
		page[i].Reactions = reactions[page[i].ID]
	}
	if err := attachPending(tx, page, ids); err != nil {
		return err
	}
	return countVotes(tx, session, page)
}

// reactionSummaries counts the emojis on messages, the most frequent first. An
// own reaction is one by the session's number, its hidden id, or a contact that is oneself.
func reactionSummaries(tx *gorm.DB, session model.SessionID, ids []model.MessageID) (map[model.MessageID][]model.ReactionSummary, error) {
	summaries := make(map[model.MessageID][]model.ReactionSummary)
	err := eachRow(tx, func(rows *sql.Rows) error {
		var id model.MessageID
		var r model.ReactionSummary
		if err := rows.Scan(&id, &r.Emoji, &r.Count, &r.Mine); err != nil {
			return err
		}
		summaries[id] = append(summaries[id], r)
		return nil
	}, `WITH me(jid) AS (`+mineQuery+`)
		SELECT r.message_id, r.emoji, count(*), max(r.sender_jid IN (SELECT jid FROM me))
		FROM json_each(?2) j CROSS JOIN reactions r ON r.message_id = j.value GROUP BY r.message_id, r.emoji`, int64(session), jsonNumbers(ids))
	for _, list := range summaries {
		slices.SortStableFunc(list, func(a, b model.ReactionSummary) int {
			return cmp.Or(b.Count-a.Count, cmp.Compare(a.Emoji, b.Emoji))
		})
	}
	return summaries, err
}

// Message returns one message by its key.
func (s *Store) Message(ctx context.Context, id model.MessageID) (model.MessageRow, error) {
	return s.message(ctx, "WHERE m.id = ?", id)
}

// MessageByShortID returns one message by its identity.
func (s *Store) MessageByShortID(ctx context.Context, id model.ConversationID, fromMe bool, short model.ShortID) (model.MessageRow, error) {
	return s.message(ctx, "WHERE m.conversation_id = ? AND m.from_me = ? AND m.short_id = ?", id, fromMe, short)
}

// MessageHeld tells whether a message is held, by its identity.
func (s *Store) MessageHeld(ctx context.Context, id model.ConversationID, fromMe bool, short model.ShortID) (bool, error) {
	_, err := s.MessageByShortID(ctx, id, fromMe, short)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) message(ctx context.Context, where string, args ...any) (model.MessageRow, error) {
	var row model.MessageRow
	err := s.read(ctx, "read a message", func(tx *gorm.DB) error {
		page, err := pageOf(tx, where, 1, args...)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return ErrNotFound
		}
		if err := completeMessages(tx, page); err != nil {
			return err
		}
		row = page[0]
		return nil
	})
	return row, err
}

// CountMessages returns how many messages are held of a session.
func (s *Store) CountMessages(ctx context.Context, id model.SessionID) (int, error) {
	n := 0
	err := s.read(ctx, "count messages", func(tx *gorm.DB) error {
		return queryRow(tx, `SELECT count(*) FROM messages
			WHERE conversation_id IN (SELECT id FROM conversations WHERE session_id = ?)`, int64(id)).Scan(&n)
	})
	return n, err
}
