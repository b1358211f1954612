package store

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/xappiens/buzon/model"
)

// A second's keys begin in the middle of its span, so that there is room for
// messages that turn out to be older than those held of the same second.
const (
	span   = 1 << model.MessageIDBits
	middle = span / 2
)

// room is what is free in a second around the keys that are taken, as numbers
// within the second.
type room struct{ below, above int64 }

// allocateKeys gives new messages their keys, and those whose time was learned
// others: one query for all their seconds, then counting.
func (v *saver) allocateKeys() error {
	free, err := v.roomOf(func(e *entry) bool { return e.isNew || e.from != 0 })
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(v.entries) {
		if r := free[e.second]; e.isNew && e.precedes && r.below >= 0 {
			e.ID = model.MessageIDAt(e.second) | model.MessageID(r.below)
			r.below--
		}
	}
	for _, e := range v.entries {
		if e.ID != 0 && e.from == 0 {
			continue
		}
		r := free[e.second]
		if r.above >= span {
			e.failed, e.from = e.isNew, 0 // one that is held stays where it is
			continue
		}
		e.ID = model.MessageIDAt(e.second) | model.MessageID(r.above)
		r.above++
	}
	return nil
}

// roomOf reads what is free in the seconds of those entries that need a key. In
// second zero, where those stand whose time is not known, key zero is none.
func (v *saver) roomOf(needs func(*entry) bool) (map[int64]*room, error) {
	free := make(map[int64]*room)
	var seconds []model.MessageID
	for _, e := range v.entries {
		if needs(e) && free[e.second] == nil {
			free[e.second] = &room{below: middle - 1, above: middle}
			seconds = append(seconds, model.MessageID(e.second))
		}
	}
	if len(seconds) == 0 {
		return free, nil
	}
	if free[0] != nil {
		free[0] = &room{below: -1, above: 1}
	}
	err := eachRow(v.tx, func(rows *sql.Rows) error {
		var second, first, last int64
		if err := rows.Scan(&second, &first, &last); err != nil {
			return err
		}
		r := free[second]
		if second != 0 {
			r.below = first%span - 1
		}
		r.above = last%span + 1
		return nil
	}, `SELECT second, first, last FROM (SELECT j.value AS second,
			(SELECT min(id) FROM messages WHERE id >= j.value * ?1 AND id < (j.value + 1) * ?1) AS first,
			(SELECT max(id) FROM messages WHERE id >= j.value * ?1 AND id < (j.value + 1) * ?1) AS last FROM json_each(?2) j)
		WHERE last IS NOT NULL`, int64(span), jsonNumbers(seconds))
	return free, err
}

// order finds the new messages of a list, told oldest first, that stand before all
// those held of their second: they are older, though they came later.
func order(listed []*entry) {
	held := func(e *entry) bool { return !e.isNew && e.from == 0 }
	if !slices.ContainsFunc(listed, held) {
		return
	}
	follows := make(map[int64]bool)
	for _, e := range slices.Backward(listed) {
		switch {
		case held(e):
			follows[e.second] = true
		case e.isNew:
			e.precedes = follows[e.second]
		}
	}
	clear(follows)
	for _, e := range listed {
		if held(e) {
			follows[e.second] = true
		} else if follows[e.second] {
			e.precedes = false
		}
	}
}

const (
	messageHead = `INSERT INTO messages (id, conversation_id, from_me, short_id, serialized, type, text, author_jid,
		author_name, ack, has_media, starred, forwarded, ephemeral, edited_at, revoked_at, quoted_short_id,
		quoted_author, quoted_text, details, grams)`
	messageWidth  = 21
	messageUpdate = `UPDATE messages SET serialized = ?, type = ?, text = ?, author_jid = ?, author_name = ?, ack = ?,
		has_media = ?, starred = ?, forwarded = ?, ephemeral = ?, edited_at = ?, revoked_at = ?, quoted_short_id = ?,
		quoted_author = ?, quoted_text = ?, details = ?, grams = ? WHERE id = ?`
)

// messageValues returns the values of a message from serialized to grams.
func messageValues(m *model.Message) []any {
	return []any{
		m.Serialized, string(m.Type), m.Text, string(m.AuthorJID), m.AuthorName, int64(m.Ack), m.HasMedia,
		m.Starred, m.Forwarded, m.Ephemeral, int64(m.EditedAt), int64(m.RevokedAt), string(m.QuotedShortID),
		string(m.QuotedAuthor), m.QuotedText, m.Details, grams(m.Text),
	}
}

// writeMessages writes what is new and what differs.
func (v *saver) writeMessages() error {
	var fresh []*entry
	for _, e := range v.entries {
		switch {
		case e.failed:
		case e.isNew:
			fresh = append(fresh, e)
		case e.dirty:
			if err := exec(v.tx, messageUpdate, append(messageValues(&e.Message), int64(e.ID))...); err != nil {
				return err
			}
		}
	}
	if err := v.insertMessages(fresh); err != nil {
		return err
	}
	return v.writeParts()
}

// insertMessages writes new messages and indexes their texts.
//
// The full-text index gathers entries in memory. It writes them out at the
// beginning of every statement that fires its triggers and whenever a row number
// is not above the one before; many small writings cost more than everything
// else. So messages go in by the order of their keys, and when they are many
// the triggers stay off and one statement indexes them all.
func (v *saver) insertMessages(fresh []*entry) error {
	slices.SortFunc(fresh, func(a, b *entry) int { return cmp.Compare(a.ID, b.ID) })
	args := make([]any, 0, messageWidth*len(fresh))
	ids := make([]model.MessageID, len(fresh))
	for i, e := range fresh {
		ids[i] = e.ID
		args = append(args, int64(e.ID), int64(e.ConversationID), e.FromMe, string(e.ShortID))
		args = append(args, messageValues(&e.Message)...)
	}
	if len(fresh) <= insertRows {
		return insertAll(v.tx, messageHead, messageWidth, "", args)
	}
	mine, err := switchIndexOff(v.tx)
	if err != nil {
		return err
	}
	if err := insertAll(v.tx, messageHead, messageWidth, "", args); err != nil {
		return err
	}
	if !mine { // a bulk import builds the index later
		return nil
	}
	err = exec(v.tx, `INSERT INTO messages_fts (rowid, text, grams, facets) SELECT m.id, m.text, m.grams, m.facets
		FROM json_each(?) j CROSS JOIN messages_indexed m ON m.id = j.value`, jsonNumbers(ids))
	if err != nil {
		return err
	}
	return switchIndexOn(v.tx)
}

// writeParts writes earlier texts, files and reactions.
func (v *saver) writeParts() error {
	var media, reactions []any
	for _, e := range v.entries {
		if e.failed {
			continue
		}
		for _, version := range e.versions {
			err := exec(v.tx, `INSERT INTO message_versions (message_id, number, type, text, until_at)
				SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4 FROM message_versions WHERE message_id = ?1`,
				int64(e.ID), string(version.Type), version.Text, int64(version.UntilAt))
			if err != nil {
				return err
			}
		}
		if m := e.media; m != nil {
			media = append(media, int64(e.ID), string(m.State), m.SHA256, m.MimeType, m.FileName, m.Size, m.Error, m.Thumb,
				int64(m.Width), int64(m.Height), int64(m.Tries), int64(m.UpdatedAt))
		}
		for _, r := range e.put {
			reactions = append(reactions, int64(e.ID), string(r.SenderJID), r.Emoji, int64(r.At))
		}
		if len(e.drop) > 0 {
			list, err := jsonTexts(e.drop)
			if err != nil {
				return err
			}
			err = exec(v.tx, "DELETE FROM reactions WHERE message_id = ? AND sender_jid IN (SELECT value FROM json_each(?))", int64(e.ID), list)
			if err != nil {
				return err
			}
		}
	}
	err := insertAll(v.tx, "INSERT INTO media (message_id, state, sha256, mime_type, file_name, size, error, thumb, width, height, tries, updated_at)", 12,
		` ON CONFLICT (message_id) DO UPDATE SET state = excluded.state, sha256 = excluded.sha256,
		mime_type = excluded.mime_type, file_name = excluded.file_name, size = excluded.size, error = excluded.error,
		thumb = excluded.thumb, width = excluded.width, height = excluded.height, tries = excluded.tries,
		updated_at = excluded.updated_at`, media)
	if err != nil {
		return err
	}
	return insertAll(v.tx, "INSERT INTO reactions (message_id, sender_jid, emoji, at)", 4,
		" ON CONFLICT (message_id, sender_jid) DO UPDATE SET emoji = excluded.emoji, at = excluded.at", reactions)
}

// count adds up what became of messages that were named for the first time.
func (v *saver) count(firsts []*entry, result *model.BatchResult) {
	for _, e := range firsts {
		switch {
		case e.failed:
			result.Counts.Failed++
		case e.isNew:
			result.Counts.Created++
			result.NewestNew = max(result.NewestNew, e.second)
			if !e.FromMe && !e.Type.IsNotice() {
				result.NewIncoming++
			}
		case e.changed:
			result.Counts.Updated++
		default:
			result.Counts.Unchanged++
		}
	}
}
