package store

import (
	"database/sql"
	"errors"

	"github.com/xappiens/buzon/model"
)

// retime takes over when a message was sent, when what is held of that is a guess or
// cannot be right: it was told without its time, or with a wrong one. What only
// happened to the message has a time of its own.
func (e *entry) retime(in *model.MessageIn, now model.Stamp) {
	if in.Told.OnlyHeld() || !model.PlausibleSecond(in.Unix, now) {
		return
	}
	switch {
	case e.TimeGuessed():
		details := e.DecodedDetails()
		details.TimeGuessed = false
		e.Details, e.changed, e.dirty = model.EncodeDetails(details), true, true
	case model.PlausibleSecond(e.second, now):
		return
	}
	if e.second == in.Unix {
		return
	}
	e.second = in.Unix
	if !e.isNew {
		e.from, e.changed = e.ID, true
	}
}

// rekey gives messages whose time was learned their new keys, with all that
// belongs to them. Their conversations forget the keys that are gone.
func (v *saver) rekey() error {
	moved := map[model.ConversationID][]model.MessageID{}
	for _, e := range v.entries {
		if e.from == 0 {
			continue
		}
		if len(moved) == 0 {
			// The parts follow one after the other.
			if err := exec(v.tx, "PRAGMA defer_foreign_keys = ON"); err != nil {
				return err
			}
		}
		if err := v.rekeyOne(e.from, e.ID); err != nil {
			return err
		}
		moved[e.ConversationID] = append(moved[e.ConversationID], e.ID)
		v.conversations[e.ConversationID].forget(e, v.now)
	}
	for id, keys := range moved {
		if err := v.bound(id, keys); err != nil {
			return err
		}
	}
	return nil
}

// rekeyOne moves a message in its table, its index and the tables of its parts.
func (v *saver) rekeyOne(from, to model.MessageID) error {
	const indexed = `messages_indexed WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'index_off')`
	err := exec(v.tx, `INSERT INTO messages_fts (messages_fts, rowid, text, grams, facets) SELECT 'delete', id, text, grams, facets FROM `+indexed, int64(from))
	if err != nil {
		return err
	}
	for _, statement := range [...]string{
		"UPDATE messages SET id = ?2 WHERE id = ?1",
		"UPDATE message_versions SET message_id = ?2 WHERE message_id = ?1",
		"UPDATE reactions SET message_id = ?2 WHERE message_id = ?1",
		"UPDATE poll_votes SET message_id = ?2 WHERE message_id = ?1",
		"UPDATE media SET message_id = ?2 WHERE message_id = ?1",
		"UPDATE outbox SET target_id = ?2 WHERE target_id = ?1",
	} {
		if err := exec(v.tx, statement, int64(from), int64(to)); err != nil {
			return err
		}
	}
	return exec(v.tx, "INSERT INTO messages_fts (rowid, text, grams, facets) SELECT id, text, grams, facets FROM "+indexed, int64(to))
}

// forget takes the key that a message had out of what a conversation shows.
func (c *conversationState) forget(e *entry, now model.Stamp) {
	shown := &c.current
	if shown.LastMessageID == e.from || !shown.LastAt.IsZero() && !model.PlausibleSecond(shown.LastAt.Unix(), now) {
		c.lost = true
	}
}

// bound brings the ledger of a conversation back to what is held beside the
// messages that moved.
func (v *saver) bound(id model.ConversationID, moved []model.MessageID) error {
	first, last := model.PossibleKeys()
	var oldest, newest model.MessageID
	err := queryRow(v.tx, `SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM messages
		WHERE conversation_id = ? AND id >= ? AND id < ? AND id NOT IN (SELECT value FROM json_each(?))`,
		int64(id), int64(first), int64(last), jsonNumbers(moved)).Scan(&oldest, &newest)
	if err != nil {
		return err
	}
	state := v.conversations[id]
	state.gaps = state.current.Ledger.Bound(state.gaps, id, oldest, newest, v.now)
	return nil
}

// showNewest shows the newest message that is held in the place of one that is not
// the newest any more.
func (v *saver) showNewest(state *conversationState) error {
	c := &state.current
	e := &entry{}
	m := &e.Message
	err := queryRow(v.tx, `SELECT id, short_id, from_me, type, text, author_jid, ack FROM messages
		WHERE conversation_id = ? AND type NOT IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1`, int64(c.ID), noticeTypes).
		Scan(&m.ID, &m.ShortID, &m.FromMe, &m.Type, &m.Text, &m.AuthorJID, &m.Ack)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	e.second = e.ID.Unix()
	c.LastMessageID, c.LastShortID, c.LastType, c.LastAt = 0, "", "", 0
	updatePreview(c, e)
	return nil
}
