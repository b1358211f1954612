package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// Kinds that become messages, as model.BecomesMessage has them.
const messageKinds = "('text', 'file', 'location', 'contact', 'poll', 'forward')"

// NextOutbox returns the row of a session that goes next: the first in order that
// is queued and does not wait for the owner, nor for an earlier message of its
// conversation that is under way or of unknown fate and still looked for. Without
// messages, only actions. ok is false when there is none.
func (s *Store) NextOutbox(ctx context.Context, id model.SessionID, messages bool) (item model.OutboxItem, ok bool, err error) {
	const query = `SELECT o.* FROM outbox o WHERE o.session_id = ?1 AND o.state = 'queued' AND o.asks = 0
		AND (o.kind NOT IN ` + messageKinds + ` OR ?2 AND NOT EXISTS (SELECT 1 FROM outbox b INDEXED BY outbox_state
			WHERE b.session_id = ?1 AND b.state IN ('sending', 'unknown') AND b.not_found = 0
			AND b.conversation_id = o.conversation_id AND b.position < o.position AND b.kind IN ` + messageKinds + `))
		ORDER BY o.position, o.id LIMIT 1`
	var items []model.OutboxItem
	// Few rows are under way or of unknown fate, however many wait: those are gone
	// through by the index of the states, never the queue for each of its rows.
	err = s.read(ctx, "find the next outgoing message", func(tx *gorm.DB) error {
		return tx.Raw(query, int64(id), messages).Scan(&items).Error
	})
	if err != nil || len(items) == 0 {
		return model.OutboxItem{}, false, err
	}
	return items[0], true, nil
}

// AskOutbox makes a queued row wait for the owner.
func (s *Store) AskOutbox(ctx context.Context, id model.OutboxID) error {
	return s.changeOutbox(ctx, "let a message wait for the owner", id, "UPDATE outbox SET asks = 1 WHERE id = ? AND state = 'queued'")
}

// ReleaseOutbox lets a row that waits for the owner go, as if it was written now.
func (s *Store) ReleaseOutbox(ctx context.Context, id model.OutboxID, now model.Stamp) error {
	return s.changeOutbox(ctx, "let a message go", id,
		fmt.Sprintf("UPDATE outbox SET asks = 0, finished_at = %d WHERE id = ? AND state = 'queued'", int64(now)))
}

// EditOutbox changes the text of a message that was not sent; one that failed is
// queued again. Any other is ErrConflict.
func (s *Store) EditOutbox(ctx context.Context, id model.OutboxID, text string, now model.Stamp) error {
	return s.write(ctx, "change an outgoing message", func(tx *gorm.DB) error {
		n, err := execCount(tx, `UPDATE outbox SET text = ?, state = 'queued', asks = 0, error = '', error_text = '', finished_at = ?
			WHERE id = ? AND state IN ('queued', 'failed') AND kind IN `+messageKinds, text, int64(now), int64(id))
		return oneChanged(tx, id, n, err)
	})
}

// MoveOutbox puts a queued row before another one of its conversation, or (zero)
// behind all of them. What is being sent or uncertain keeps its place: only
// queued rows change theirs.
func (s *Store) MoveOutbox(ctx context.Context, id, before model.OutboxID) error {
	return s.write(ctx, "move an outgoing message", func(tx *gorm.DB) error {
		var item model.OutboxItem
		if err := tx.Take(&item, "id = ?", id).Error; err != nil {
			return err
		}
		if item.State != model.OutboxQueued {
			return fmt.Errorf("%w: it is %s", ErrConflict, item.State)
		}
		var ids []model.OutboxID
		var places []int64
		err := eachRow(tx, func(rows *sql.Rows) error {
			var id model.OutboxID
			var place int64
			err := rows.Scan(&id, &place)
			ids, places = append(ids, id), append(places, place)
			return err
		}, `SELECT id, position FROM outbox WHERE session_id = ? AND conversation_id = ? AND state <> 'sent' AND state = 'queued'
			ORDER BY position, id`, int64(item.SessionID), int64(item.ConversationID))
		if err != nil {
			return err
		}
		order := slices.DeleteFunc(slices.Clone(ids), func(other model.OutboxID) bool { return other == id })
		to := len(order)
		if before != 0 && before != id {
			if to = slices.Index(order, before); to < 0 {
				return fmt.Errorf("%w: the other one does not wait there", ErrConflict)
			}
		} else if before == id {
			return nil
		}
		order = slices.Insert(order, to, id)
		for i, other := range order {
			if other == ids[i] {
				continue
			}
			if err := exec(tx, "UPDATE outbox SET position = ? WHERE id = ?", places[i], int64(other)); err != nil {
				return err
			}
		}
		return nil
	})
}

// LookedOutbox counts a look at the conversation for a message of unknown fate;
// notFound ends the looking.
func (s *Store) LookedOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, notFound bool) error {
	return s.write(ctx, "count a look for a message", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE outbox SET looks = looks + 1, looked_at = ?, not_found = max(not_found, ?) WHERE id = ? AND state = 'unknown'",
			int64(now), notFound, int64(id))
	})
}

// PaceAt returns when the next message may be tried at the earliest: never
// before gap has passed since the last try, nor more than the limits allow.
// Tries that seem to come, because the clock was set back, count as made now.
func (s *Store) PaceAt(ctx context.Context, id model.SessionID, now model.Stamp, gap time.Duration, limits ...model.PaceLimit) (model.Stamp, error) {
	at, ahead := now, false
	err := s.read(ctx, "find out when the next message may go", func(tx *gorm.DB) error {
		for _, limit := range append([]model.PaceLimit{{Most: 1, Within: gap}}, limits...) {
			if limit.Most <= 0 {
				continue
			}
			var tries []int64
			err := tx.Raw("SELECT at FROM outbox_attempts WHERE session_id = ? ORDER BY at DESC LIMIT 1 OFFSET ?", int64(id), limit.Most-1).Scan(&tries).Error
			if err != nil {
				return err
			}
			if len(tries) == 0 {
				continue
			}
			ahead = ahead || model.Stamp(tries[0]) > now
			at = max(at, min(model.Stamp(tries[0]), now)+model.Stamp(limit.Within.Milliseconds()))
		}
		return nil
	})
	if err == nil && ahead {
		err = s.write(ctx, "set right when messages were tried", func(tx *gorm.DB) error {
			return exec(tx, "UPDATE outbox_attempts SET at = ?1 WHERE session_id = ?2 AND at > ?1", int64(now), int64(id))
		})
	}
	return at, err
}

// keepTry writes when a message was tried, and forgets tries that no limit counts any more.
func keepTry(tx *gorm.DB, item model.OutboxItem, now model.Stamp) error {
	const kept = 25 * time.Hour
	if err := exec(tx, "DELETE FROM outbox_attempts WHERE session_id = ? AND at < ?", int64(item.SessionID), int64(now)-kept.Milliseconds()); err != nil {
		return err
	}
	return exec(tx, "INSERT INTO outbox_attempts (session_id, at, outbox_id) VALUES (?, ?, ?)", int64(item.SessionID), int64(now), int64(item.ID))
}

// OwnMessages returns the own messages of a conversation, and of the others with the
// same person, since a second that no outgoing row became, the oldest first and so
// many at most. A message that came in two of them is one.
func (s *Store) OwnMessages(ctx context.Context, id model.ConversationID, since int64, limit int) ([]model.MessageRow, error) {
	var rows []model.MessageRow
	err := s.read(ctx, "read own messages", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil {
			return err
		}
		thread := jsonNumbers(ids)
		for _, id := range ids {
			var some []model.MessageRow
			err := tx.Raw(messageColumns+`WHERE m.conversation_id = ? AND m.id >= ? AND m.from_me AND NOT EXISTS (SELECT 1 FROM outbox o
				WHERE o.conversation_id IN (SELECT value FROM json_each(?)) AND o.short_id = m.short_id AND o.short_id <> '')
				AND `+notDoubled+` ORDER BY m.id`+limitClause(limit),
				int64(id), int64(model.MessageIDAt(since)), thread, thread).Scan(&some).Error
			if err != nil {
				return err
			}
			rows = append(rows, some...)
		}
		slices.SortFunc(rows, func(a, b model.MessageRow) int { return cmp.Compare(a.ID, b.ID) })
		if limit > 0 {
			rows = rows[:min(limit, len(rows))]
		}
		return nil
	})
	return rows, err
}

// UnknownOutbox returns the rows of a conversation, and of the others with the same person, whose fate is not known, also
// those that were looked for long enough, in the order of sending.
func (s *Store) UnknownOutbox(ctx context.Context, id model.ConversationID) ([]model.OutboxItem, error) {
	var items []model.OutboxItem
	err := s.read(ctx, "list outgoing messages", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, id)
		if err != nil {
			return err
		}
		return tx.Order("position, id").Find(&items, "conversation_id IN (SELECT value FROM json_each(?)) AND state <> 'sent' AND state = 'unknown'",
			jsonNumbers(ids)).Error
	})
	return items, err
}

// AnsweredSends returns the newest messages of a session of which the gateway's
// answer told, the newest first.
func (s *Store) AnsweredSends(ctx context.Context, id model.SessionID, limit int) ([]model.AnsweredSend, error) {
	var sends []model.AnsweredSend
	err := s.read(ctx, "read the answers to sent messages", func(tx *gorm.DB) error {
		return tx.Raw(`SELECT o.short_id, o.attempted_at, o.finished_at, m.id AS message_id FROM outbox o
			JOIN messages m ON m.conversation_id = o.conversation_id AND m.from_me = 1 AND m.short_id = o.short_id
			WHERE o.session_id = ? AND o.state = 'sent' AND o.matched = 'answer' ORDER BY o.id DESC LIMIT ?`,
			int64(id), limit).Scan(&sends).Error
	})
	return sends, err
}

// ReturnOutbox puts a row back that was being sent, when it is certain that nothing
// was: the gateway or the session could not be reached. It keeps its place.
func (s *Store) ReturnOutbox(ctx context.Context, id model.OutboxID, kind, said string) error {
	return s.write(ctx, "put an outgoing message back", func(tx *gorm.DB) error {
		n, err := execCount(tx, "UPDATE outbox SET state = 'queued', error = ?, error_text = ? WHERE id = ? AND state = 'sending'",
			kind, said, int64(id))
		return oneChanged(tx, id, n, err)
	})
}

// AbandonOutbox makes a queued row failed for which nothing was called, because who
// wanted it sent gave up; any other is ErrConflict.
func (s *Store) AbandonOutbox(ctx context.Context, id model.OutboxID, kind string, now model.Stamp) error {
	return s.write(ctx, "give up an outgoing message", func(tx *gorm.DB) error {
		n, err := execCount(tx, "UPDATE outbox SET state = 'failed', error = ?, finished_at = ? WHERE id = ? AND state = 'queued'",
			kind, int64(now), int64(id))
		return oneChanged(tx, id, n, err)
	})
}
