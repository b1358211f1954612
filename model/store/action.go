package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// The kinds of actions on a conversation and on a message, as SQL lists.
const (
	conversationKinds = "('read', 'unread', 'archive', 'pin', 'mute', 'block', 'labels')"
	targetKinds       = "('react', 'edit', 'delete', 'star')"
)

// openStates are those of a row whose effect may still come.
const openStates = "('queued', 'sending', 'unknown')"

// AddAction stores an action as queued before anything is called. An action on a
// conversation changes what is held of it in the same transaction, and the row
// keeps what was there before. One that is still queued, or failed, for the same
// thing gives way to this one: only the last wish counts. It must be an action.
func (s *Store) AddAction(ctx context.Context, item model.OutboxItem, p model.OutboxPayload) (model.OutboxItem, error) {
	err := s.write(ctx, "queue an action", func(tx *gorm.DB) error {
		earlier, err := sameWish(tx, item, 0)
		if err != nil {
			return err
		}
		item.ID, item.State, item.Position = 0, model.OutboxQueued, 0
		if item.CreatedAt == 0 {
			item.CreatedAt = s.stamp()
		}
		if err := giveWay(tx, earlier, &item, &p); err != nil {
			return err
		}
		if err := wish(tx, item, &p); err != nil {
			return err
		}
		if item.Payload, err = encodePayload(p); err != nil {
			return err
		}
		if item.ID != 0 {
			return tx.Select("*").Where("id = ?", item.ID).Updates(&item).Error
		}
		if err := tx.Create(&item).Error; err != nil {
			return err
		}
		item.Position = int64(item.ID)
		return exec(tx, "UPDATE outbox SET position = id WHERE id = ?", int64(item.ID))
	})
	if err != nil {
		return model.OutboxItem{}, err
	}
	return item, nil
}

// giveWay lets earlier rows about the same give way to a new one: it takes the place
// of one that is queued, and what that one replaced.
func giveWay(tx *gorm.DB, earlier []model.OutboxItem, item *model.OutboxItem, p *model.OutboxPayload) error {
	for _, e := range earlier {
		if e.State != model.OutboxFailed && p.Before == nil {
			p.Before = e.DecodedPayload().Before // what is held now is only that one's wish
		}
		switch {
		case e.State == model.OutboxQueued && item.ID == 0:
			item.ID, item.Position = e.ID, e.Position
		case e.State == model.OutboxQueued, e.State == model.OutboxFailed:
			if err := exec(tx, "DELETE FROM outbox WHERE id = ?", int64(e.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetDone deletes actions that were done a month ago: what they changed is held
// where it belongs. Sent messages stay, since they say which message they became.
func forgetDone(tx *gorm.DB, id model.SessionID, now model.Stamp) error {
	const kept = 30 * 24 * time.Hour
	return exec(tx, "DELETE FROM outbox WHERE session_id = ? AND state = 'sent' AND short_id = '' AND finished_at < ? AND kind NOT IN "+messageKinds,
		int64(id), int64(now)-kept.Milliseconds())
}

func encodePayload(p model.OutboxPayload) (string, error) {
	text, err := json.Marshal(p)
	return string(text), err
}

// sameKinds returns the kinds of actions that change the same thing.
func sameKinds(kind model.OutboxKind) []model.OutboxKind {
	if kind == model.OutboxRead || kind == model.OutboxUnread {
		return []model.OutboxKind{model.OutboxRead, model.OutboxUnread}
	}
	return []model.OutboxKind{kind}
}

// sameWish returns the rows that are not sent and concern the same thing as item,
// the oldest first, without one. Reading and marking as unread are the same thing.
func sameWish(tx *gorm.DB, item model.OutboxItem, without model.OutboxID) ([]model.OutboxItem, error) {
	kinds := sameKinds(item.Kind)
	var rows []model.OutboxItem
	return rows, tx.Order("id").Find(&rows, "conversation_id = ? AND state <> 'sent' AND kind IN ? AND target_id = ? AND id <> ?",
		item.ConversationID, kinds, item.Target, without).Error
}

// onConversation tells whether a kind changes a conversation.
func onConversation(kind model.OutboxKind) bool {
	return !model.BecomesMessage(kind) && !model.ActsOnMessage(kind)
}

// wish makes the change of an action on a conversation, and keeps what it replaces
// in the payload unless that is known.
func wish(tx *gorm.DB, item model.OutboxItem, p *model.OutboxPayload) error {
	if !onConversation(item.Kind) {
		return nil
	}
	held, err := readFlags(tx, item.ConversationID, item.Kind)
	if err != nil {
		return err
	}
	if p.Before == nil {
		p.Before = &held
	}
	wanted := p.Wanted(item.Kind, held)
	if wanted.Equal(held) {
		return nil
	}
	return writeFlags(tx, item.ConversationID, item.Kind, wanted)
}

// wishAgain makes the change of an action that is queued once more, unless a later
// wish about the same is open: what that one made is what is to be seen.
func wishAgain(tx *gorm.DB, item model.OutboxItem) error {
	if !onConversation(item.Kind) {
		return nil
	}
	p := item.DecodedPayload()
	later, err := openWish(tx, item)
	if err != nil {
		return err
	}
	if later != nil && later.ID > item.ID {
		p.Before = later.DecodedPayload().Before
		return keepPayload(tx, item.ID, p)
	}
	p.Before = nil
	if err := wish(tx, item, &p); err != nil {
		return err
	}
	return keepPayload(tx, item.ID, p)
}

func keepPayload(tx *gorm.DB, id model.OutboxID, p model.OutboxPayload) error {
	text, err := encodePayload(p)
	if err != nil {
		return err
	}
	return exec(tx, "UPDATE outbox SET payload = ? WHERE id = ?", text, int64(id))
}

// takeBack undoes the change of an action that was refused or given up: only where
// what it made is still there, and no later wish about the same is open.
func takeBack(tx *gorm.DB, item model.OutboxItem) error {
	p := item.DecodedPayload()
	if !onConversation(item.Kind) || p.Before == nil {
		return nil
	}
	later, err := openWish(tx, item)
	if err != nil || later != nil {
		return err
	}
	held, err := readFlags(tx, item.ConversationID, item.Kind)
	if err != nil || !p.Wanted(item.Kind, held).Equal(held) {
		return err
	}
	return writeFlags(tx, item.ConversationID, item.Kind, p.Replaced(item.Kind, held))
}

// granted notes that an action on a conversation was done: a later wish about the
// same falls back to it should that be refused.
func granted(tx *gorm.DB, item model.OutboxItem) error {
	if !onConversation(item.Kind) {
		return nil
	}
	later, err := openWish(tx, item)
	if err != nil || later == nil {
		return err
	}
	p, done := later.DecodedPayload(), item.DecodedPayload()
	if p.Before == nil {
		return nil
	}
	now := done.Wanted(item.Kind, *p.Before)
	p.Before = &now
	return keepPayload(tx, later.ID, p)
}

// openWish returns another row about the same whose effect may still come, nil when there is none.
func openWish(tx *gorm.DB, item model.OutboxItem) (*model.OutboxItem, error) {
	others, err := sameWish(tx, item, item.ID)
	for i := len(others) - 1; i >= 0; i-- {
		if others[i].State != model.OutboxFailed {
			return &others[i], err
		}
	}
	return nil, err
}

// readFlags reads what actions change; of labels and blocks only for these kinds.
func readFlags(tx *gorm.DB, id model.ConversationID, kind model.OutboxKind) (model.ConversationFlags, error) {
	var f model.ConversationFlags
	err := queryRow(tx, "SELECT unread, marked_unread, archived, pinned, muted_until FROM conversations WHERE id = ?", int64(id)).
		Scan(&f.Unread, &f.MarkedUnread, &f.Archived, &f.Pinned, &f.MutedUntil)
	switch {
	case err != nil:
	case kind == model.OutboxBlock:
		err = queryRow(tx, "SELECT coalesce(("+blockedQuery+"), 0)", int64(id)).Scan(&f.Blocked)
	case kind == model.OutboxLabels:
		err = tx.Raw(`SELECT DISTINCT l.wire_id FROM conversation_labels cl JOIN labels l ON l.id = cl.label_id
			WHERE cl.conversation_id IN (`+partsQuery+`) ORDER BY l.wire_id`, int64(id)).Scan(&f.Labels).Error
	}
	return f, err
}

// partsQuery lists the conversations that are shown as one with conversation ?1.
const partsQuery = `SELECT ?1 UNION SELECT m.id FROM conversations c
	CROSS JOIN conversations m ON m.thread_id = c.thread_id AND m.thread_id <> 0 WHERE c.id = ?1 AND c.thread_id <> 0`

// personQuery lists the identifiers, with the session, of the person of conversation ?1.
const personQuery = `SELECT session_id, jid FROM conversations WHERE id = ?1
	UNION SELECT c.session_id, coalesce(i.phone_jid, c.jid) FROM conversations c
		LEFT JOIN identities i ON i.session_id = c.session_id AND i.lid = c.jid WHERE c.id = ?1
	UNION SELECT c.session_id, a.lid FROM conversations c LEFT JOIN identities i ON i.session_id = c.session_id AND i.lid = c.jid
		CROSS JOIN identities a ON a.session_id = c.session_id AND a.phone_jid = coalesce(i.phone_jid, c.jid) WHERE c.id = ?1`

// blockedQuery tells whether the person of conversation ?1 is blocked, which is so
// when one of the identifiers is; NULL when nobody is known.
const blockedQuery = "SELECT max(k.is_blocked) FROM (" + personQuery + ") p CROSS JOIN contacts k ON k.session_id = p.session_id AND k.jid = p.jid"

// writeFlags writes what an action of a kind changes. What the gateway's list says
// next is compared anew.
func writeFlags(tx *gorm.DB, id model.ConversationID, kind model.OutboxKind, f model.ConversationFlags) error {
	switch kind {
	case model.OutboxBlock:
		return exec(tx, "UPDATE contacts SET is_blocked = ?2, fingerprint = x'' WHERE (session_id, jid) IN ("+personQuery+")", int64(id), f.Blocked)
	case model.OutboxLabels:
		labels, err := jsonTexts(f.Labels)
		if err != nil {
			return err
		}
		if err := exec(tx, "DELETE FROM conversation_labels WHERE conversation_id IN ("+partsQuery+")", int64(id)); err != nil {
			return err
		}
		return exec(tx, `INSERT INTO conversation_labels (conversation_id, label_id) SELECT c.id, l.id FROM conversations c
			JOIN labels l ON l.session_id = c.session_id AND l.wire_id IN (SELECT value FROM json_each(?2)) WHERE c.id IN (`+partsQuery+")", int64(id), labels)
	}
	return exec(tx, `UPDATE conversations SET unread = ?, marked_unread = ?, archived = ?, pinned = ?, muted_until = ?, fingerprint = x''
		WHERE id = ?`, int64(f.Unread), f.MarkedUnread, f.Archived, f.Pinned, int64(f.MutedUntil), int64(id))
}

// keepWishes makes the changes of open actions again after a list of the gateway
// was written, which knows nothing of them yet: what the list said is what a
// refused one falls back to.
func keepWishes(tx *gorm.DB, session model.SessionID, kinds ...model.OutboxKind) error {
	list, err := jsonTexts(kinds)
	if err != nil {
		return err
	}
	var open []model.OutboxItem
	err = tx.Raw(`SELECT * FROM outbox WHERE session_id = ? AND state <> 'sent' AND state IN `+openStates+`
		AND kind IN (SELECT value FROM json_each(?)) ORDER BY id`, int64(session), list).Scan(&open).Error
	if err != nil {
		return err
	}
	type about struct {
		conversation model.ConversationID
		kind         model.OutboxKind
	}
	listed := map[about]model.ConversationFlags{} // before the earliest wish about the same
	for _, item := range open {
		held, err := readFlags(tx, item.ConversationID, item.Kind)
		if err != nil {
			return err
		}
		p := item.DecodedPayload()
		what := about{item.ConversationID, sameKinds(item.Kind)[0]}
		if _, known := listed[what]; !known {
			listed[what] = held
		}
		wanted := p.Wanted(item.Kind, held)
		if wanted.Equal(held) {
			continue
		}
		before := listed[what]
		p.Before = &before
		if err := writeFlags(tx, item.ConversationID, item.Kind, wanted); err != nil {
			return err
		}
		if err := keepPayload(tx, item.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// attachPending fills in which actions on the messages of a page are not done.
func attachPending(tx *gorm.DB, page []model.MessageRow, ids []model.MessageID) error {
	var open []model.OutboxItem
	err := tx.Raw(`SELECT o.* FROM json_each(?) j CROSS JOIN outbox o INDEXED BY outbox_target
		ON o.target_id = j.value AND o.target_id <> 0 AND o.state <> 'sent' AND o.kind IN `+targetKinds+` ORDER BY o.id`,
		jsonNumbers(ids)).Scan(&open).Error
	if err != nil {
		return err
	}
	for _, item := range open {
		p := item.DecodedPayload()
		at := slices.Index(ids, item.Target)
		page[at].Pending = append(page[at].Pending, model.PendingAction{
			ID: item.ID, Kind: item.Kind, State: item.State, Text: item.Text, Emoji: p.Emoji, Everyone: p.Everyone, On: p.On,
			Error: item.Error, ErrorText: item.ErrorText,
		})
	}
	return nil
}

// SaveStar writes whether a message has a star.
func (s *Store) SaveStar(ctx context.Context, id model.MessageID, on bool) error {
	return s.write(ctx, "save a star", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE messages SET starred = ?1 WHERE id = ?2 AND starred <> ?1", on, int64(id))
	})
}

// SaveOwnReaction writes the one reaction that the account has on a message; an
// empty emoji takes it away. Reactions of others stay.
func (s *Store) SaveOwnReaction(ctx context.Context, id model.MessageID, emoji string, at model.Stamp) error {
	return s.write(ctx, "save a reaction", func(tx *gorm.DB) error {
		session, err := sessionOfMessage(tx, id)
		if err != nil {
			return err
		}
		err = exec(tx, "DELETE FROM reactions WHERE message_id = ?2 AND sender_jid IN ("+mineQuery+")", int64(session), int64(id))
		if err != nil || emoji == "" {
			return err
		}
		return exec(tx, `INSERT INTO reactions (message_id, sender_jid, emoji, at)
			SELECT ?1, jid, ?2, ?3 FROM sessions WHERE id = ?4 AND jid <> ''`, int64(id), emoji, int64(at), int64(session))
	})
}

// Blocked tells whether the person of a conversation is blocked, as far as is known.
func (s *Store) Blocked(ctx context.Context, id model.ConversationID) (bool, error) {
	blocked := false
	err := s.read(ctx, "look whether a person is blocked", func(tx *gorm.DB) error {
		// Somebody who is in no list of contacts can be blocked too.
		return queryRow(tx, `SELECT coalesce((`+blockedQuery+`), (SELECT payload->>'on' FROM outbox
			WHERE conversation_id IN (`+partsQuery+`) AND kind = 'block' AND state <> 'failed' ORDER BY id DESC LIMIT 1), 0)`, int64(id)).Scan(&blocked)
	})
	return blocked, err
}

// ConversationLabels returns the gateway's ids of the labels on a conversation, and
// on the others with the same person.
func (s *Store) ConversationLabels(ctx context.Context, id model.ConversationID) ([]string, error) {
	var f model.ConversationFlags
	err := s.read(ctx, "read the labels of a conversation", func(tx *gorm.DB) (err error) {
		f, err = readFlags(tx, id, model.OutboxLabels)
		return err
	})
	return f.Labels, err
}
