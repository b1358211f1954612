package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// AddOutbox stores an outgoing message as queued, before anything is called.
func (s *Store) AddOutbox(ctx context.Context, item model.OutboxItem) (model.OutboxItem, error) {
	err := s.write(ctx, "queue a message", func(tx *gorm.DB) error {
		item.ID, item.State = 0, model.OutboxQueued
		if item.Kind == "" {
			item.Kind = "text"
		}
		if item.CreatedAt == 0 {
			item.CreatedAt = s.stamp()
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

// OutboxItem returns one outgoing message.
func (s *Store) OutboxItem(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	var item model.OutboxItem
	err := s.read(ctx, "read an outgoing message", func(tx *gorm.DB) error { return tx.Take(&item, "id = ?", id).Error })
	return item, err
}

// OutboxByState returns the outgoing messages of a session in one of the states, the oldest first.
func (s *Store) OutboxByState(ctx context.Context, id model.SessionID, states ...model.OutboxState) ([]model.OutboxItem, error) {
	var items []model.OutboxItem
	err := s.read(ctx, "list outgoing messages", func(tx *gorm.DB) error {
		return tx.Order("id").Find(&items, "session_id = ? AND state IN ?", id, states).Error
	})
	return items, err
}

// ClaimOutbox turns a queued row into a sending one, and returns false when it is
// not queued any more. excluded is a JSON list of own messages that it cannot have
// become. The claim has reached the disk when this returns: only then may the
// gateway be called, so that neither a kill nor a power cut can make a message that
// was tried look like one that was not. The try counts for the pace.
func (s *Store) ClaimOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, excluded string) (model.OutboxItem, bool, error) {
	var item model.OutboxItem
	claimed := false
	err := s.writeDurably(ctx, "claim an outgoing message", func(tx *gorm.DB) error {
		n, err := execCount(tx, `UPDATE outbox SET state = 'sending', attempted_at = ?, attempts = attempts + 1, excluded = ?,
			finished_at = 0, error = '', error_text = '', asks = 0, not_found = 0, looks = 0, looked_at = 0
			WHERE id = ? AND state = 'queued'`, int64(now), excluded, int64(id))
		if err != nil {
			return err
		}
		claimed = n == 1
		if err := tx.Take(&item, "id = ?", id).Error; err != nil || !claimed || !model.BecomesMessage(item.Kind) {
			return err
		}
		return keepTry(tx, item, now)
	})
	if err != nil {
		return model.OutboxItem{}, false, err
	}
	return item, claimed, nil
}

// claimMessage makes sure that no other row became the message, nor one in another
// conversation with the same person: the message may have come there. What the gateway
// answered is certain: a row that was only matched with that message gives it up
// and is of unknown fate again.
func claimMessage(tx *gorm.DB, item model.OutboxItem, o model.OutboxOutcome) error {
	ids, err := threadOf(tx, item.ConversationID)
	if err != nil {
		return err
	}
	thread := jsonNumbers(ids)
	if o.Match == model.MatchAnswer {
		err := exec(tx, `UPDATE outbox SET state = 'unknown', short_id = '', matched = ''
			WHERE conversation_id IN (SELECT value FROM json_each(?)) AND short_id = ? AND short_id <> ''
			AND id <> ? AND matched IN ('found', 'unsure')`, thread, string(o.ShortID), int64(item.ID))
		if err != nil {
			return err
		}
	}
	var others int
	const claims = `SELECT count(*) FROM outbox WHERE conversation_id IN (SELECT value FROM json_each(?)) AND short_id = ? AND short_id <> ''
		AND id <> ?`
	if err := queryRow(tx, claims, thread, string(o.ShortID), int64(item.ID)).Scan(&others); err != nil {
		return err
	}
	if others > 0 {
		return fmt.Errorf("%w: another one became that message", ErrConflict)
	}
	return nil
}

// FinishOutbox records how an attempt ended: sent (with the message that it
// became, if known), failed or unknown. Only a message that is being sent, or
// whose fate was unknown, can be finished; else it is ErrConflict, as is a
// message that another outgoing one became already.
func (s *Store) FinishOutbox(ctx context.Context, id model.OutboxID, o model.OutboxOutcome, now model.Stamp) error {
	state, short := o.State, o.ShortID
	return s.write(ctx, "finish an outgoing message", func(tx *gorm.DB) error {
		if !slices.Contains([]model.OutboxState{model.OutboxSent, model.OutboxFailed, model.OutboxUnknown}, state) {
			return fmt.Errorf("%w: an attempt cannot end as %q", ErrConflict, state)
		}
		var item model.OutboxItem
		if err := tx.Take(&item, "id = ?", id).Error; err != nil {
			return err
		}
		if item.State != model.OutboxSending && item.State != model.OutboxUnknown {
			return fmt.Errorf("%w: it is %s", ErrConflict, item.State)
		}
		if short != "" {
			if err := claimMessage(tx, item, o); err != nil {
				return err
			}
		}
		end := takeBack
		if state == model.OutboxSent {
			end = granted
		}
		if state != model.OutboxUnknown {
			if err := end(tx, item); err != nil {
				return err
			}
		}
		if o.Unsure {
			if err := exec(tx, "UPDATE outbox SET payload = "+markTried+" WHERE id = ?", int64(id)); err != nil {
				return err
			}
		}
		return exec(tx, "UPDATE outbox SET state = ?, short_id = ?, matched = ?, error = ?, error_text = ?, finished_at = ?, not_found = 0 WHERE id = ?",
			string(state), string(short), string(o.Match), o.Error, o.ErrorText, int64(now), int64(id))
	})
}

// markTried is the payload of a row with the note that its action may have been
// done, and wasTried tells whether it has that note.
const (
	markTried = "json_set(iif(json_valid(payload), payload, '{}'), '$.tried', json('true'))"
	wasTried  = "coalesce(iif(json_valid(payload), payload->>'$.tried', 0), 0)"
)

// RecoverOutbox turns what a kill left as sending into unknown, and returns how
// many there were. An action can be made twice: one that may have been done by one
// call is queued again, by more than one it failed, and may have been done all the
// same. It is called before anything is sent, and forgets actions that were done long ago.
func (s *Store) RecoverOutbox(ctx context.Context, id model.SessionID, now model.Stamp) (int, error) {
	recovered := 0
	err := s.write(ctx, "recover outgoing messages", func(tx *gorm.DB) error {
		var err error
		recovered, err = execCount(tx, `UPDATE outbox SET state = 'unknown', finished_at = ?
			WHERE session_id = ? AND state = 'sending' AND kind IN `+messageKinds, int64(now), int64(id))
		if err != nil {
			return err
		}
		if err := forgetDone(tx, id, now); err != nil {
			return err
		}
		var lost []model.OutboxItem
		if err := tx.Find(&lost, "session_id = ? AND state = 'sending' AND "+wasTried, id).Error; err != nil {
			return err
		}
		for _, item := range lost {
			if err := takeBack(tx, item); err != nil {
				return err
			}
		}
		return exec(tx, `UPDATE outbox SET state = iif(`+wasTried+`, 'failed', 'queued'), error = iif(`+wasTried+`, ?, ''), finished_at = ?,
			payload = `+markTried+` WHERE session_id = ? AND state = 'sending'`, string(model.ProblemUnknownOutcome), int64(now), int64(id))
	})
	return recovered, err
}

// RequeueOutbox lets a failed or unknown message be sent again. Only the owner
// may decide that. In any other state it is ErrConflict.
func (s *Store) RequeueOutbox(ctx context.Context, id model.OutboxID, now model.Stamp) error {
	return s.write(ctx, "queue a message again", func(tx *gorm.DB) error {
		n, err := execCount(tx, `UPDATE outbox SET state = 'queued', error = '', error_text = '', asks = 0, finished_at = ?
			WHERE id = ? AND state IN ('failed', 'unknown')`, int64(now), int64(id))
		if err := oneChanged(tx, id, n, err); err != nil {
			return err
		}
		var item model.OutboxItem
		if err := tx.Take(&item, "id = ?", id).Error; err != nil {
			return err
		}
		return wishAgain(tx, item)
	})
}

// DeleteOutbox forgets an outgoing message because the owner said so. One that
// is being sent or was sent stays: ErrConflict.
func (s *Store) DeleteOutbox(ctx context.Context, id model.OutboxID) error {
	return s.write(ctx, "forget an outgoing message", func(tx *gorm.DB) error {
		var item model.OutboxItem
		if err := tx.Take(&item, "id = ?", id).Error; err != nil {
			return err
		}
		if item.State == model.OutboxQueued {
			if err := takeBack(tx, item); err != nil {
				return err
			}
		}
		n, err := execCount(tx, "DELETE FROM outbox WHERE id = ? AND state IN ('queued', 'failed', 'unknown')", int64(id))
		return oneChanged(tx, id, n, err)
	})
}

// changeOutbox runs a statement that must change the one row.
func (s *Store) changeOutbox(ctx context.Context, doing string, id model.OutboxID, statement string) error {
	return s.write(ctx, doing, func(tx *gorm.DB) error {
		n, err := execCount(tx, statement, int64(id))
		return oneChanged(tx, id, n, err)
	})
}

// oneChanged makes of a change that found no row the reason: ErrNotFound, or
// ErrConflict with the state that does not allow it.
func oneChanged(tx *gorm.DB, id model.OutboxID, n int, err error) error {
	if err != nil || n == 1 {
		return err
	}
	var item model.OutboxItem
	if err := tx.Take(&item, "id = ?", id).Error; err != nil {
		return err
	}
	return fmt.Errorf("%w: it is %s", ErrConflict, item.State)
}
