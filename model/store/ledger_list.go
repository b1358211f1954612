package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// ledgerState is model.Ledger.State for queries.
const ledgerState = `CASE WHEN ledger_fetch_limit = 0 THEN 'not_begun' WHEN ledger_needs_fetch = 1 THEN 'filling'
	WHEN ledger_complete_to <> ledger_newest OR ledger_told_newer = 1 THEN 'gaps' ELSE 'complete' END`

// Gaps returns the gaps of a conversation, the oldest first. One above the newest
// message comes last, and has no upper end.
func (s *Store) Gaps(ctx context.Context, id model.ConversationID) ([]model.Gap, error) {
	rows, err := s.ledgers(ctx, "WHERE id = ?", int64(id))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].Gaps, nil
}

// Ledgers returns the ledgers of a session's conversations, or of all, with their
// gaps, the newest activity first.
func (s *Store) Ledgers(ctx context.Context, id model.SessionID) ([]model.LedgerRow, error) {
	return s.ledgers(ctx, "WHERE ?1 IN (0, session_id) ORDER BY last_at DESC, id DESC", int64(id))
}

// LedgersOf returns the ledgers of the conversations that are shown as one with a conversation.
func (s *Store) LedgersOf(ctx context.Context, id model.ConversationID) ([]model.LedgerRow, error) {
	ids, err := s.Thread(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.ledgers(ctx, "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY last_at DESC, id DESC", jsonNumbers(ids))
}

func (s *Store) ledgers(ctx context.Context, where string, args ...any) ([]model.LedgerRow, error) {
	var rows []model.LedgerRow
	err := s.read(ctx, "read the ledger", func(tx *gorm.DB) error {
		if err := tx.Raw("SELECT * FROM conversations "+where, args...).Scan(&rows).Error; err != nil {
			return err
		}
		var ids []model.ConversationID
		for i := range rows {
			if l := &rows[i].Ledger; l.CompleteTo != l.Newest {
				ids = append(ids, rows[i].ID)
			}
		}
		gaps, err := gapsOf(tx, ids)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].Gaps = gaps[rows[i].ID]
			if g, open := rows[i].Ledger.OpenGap(); open {
				g.ConversationID, g.FoundAt = rows[i].ID, rows[i].LastAt
				rows[i].Gaps = append(rows[i].Gaps, g)
			}
		}
		return nil
	})
	return rows, err
}

// LedgerTotals counts the conversations of a session by the state of their ledgers.
func (s *Store) LedgerTotals(ctx context.Context, id model.SessionID) (model.LedgerTotals, error) {
	var t model.LedgerTotals
	err := s.read(ctx, "count the ledgers", func(tx *gorm.DB) error {
		return queryRow(tx, `SELECT coalesce(sum(state = 'complete'), 0), coalesce(sum(state = 'filling'), 0),
			coalesce(sum(state = 'gaps'), 0), coalesce(sum(state = 'not_begun'), 0)
			FROM (SELECT `+ledgerState+` AS state FROM conversations WHERE session_id = ?)`, int64(id)).
			Scan(&t.Complete, &t.Filling, &t.Gaps, &t.NotBegun)
	})
	return t, err
}

// ToReconcile returns the conversations of a session that moved since, or whose
// ledger has gaps, and that were not compared with the gateway since before.
func (s *Store) ToReconcile(ctx context.Context, id model.SessionID, moved, before model.Stamp) ([]model.ConversationID, error) {
	return s.dueConversations(ctx, `WHERE session_id = ? AND ledger_reconciled_at < ? AND not_seen_since = 0
		AND (last_at >= ? OR ledger_fetch_limit > 0 AND (ledger_complete_to <> ledger_newest OR ledger_told_newer = 1))
		ORDER BY last_at DESC, id DESC`, int64(id), int64(before), int64(moved))
}

// ToFetchWhole returns the conversations that a run of "whole history" has not done yet.
func (s *Store) ToFetchWhole(ctx context.Context, id model.SessionID, run model.Stamp) ([]model.ConversationID, error) {
	return s.dueConversations(ctx, "WHERE session_id = ? AND ledger_history_run <> ? ORDER BY last_at DESC, id DESC", int64(id), int64(run))
}

func (s *Store) dueConversations(ctx context.Context, where string, args ...any) ([]model.ConversationID, error) {
	var ids []model.ConversationID
	err := s.read(ctx, "list conversations", func(tx *gorm.DB) error {
		return tx.Raw("SELECT id FROM conversations "+where, args...).Scan(&ids).Error
	})
	return ids, err
}

// LedgerJob returns the last run of long work; a zero one when there was none.
func (s *Store) LedgerJob(ctx context.Context, id model.SessionID, kind model.LedgerJobKind) (job model.LedgerJob, err error) {
	err = s.read(ctx, "read the work on the ledger", func(tx *gorm.DB) (err error) {
		job, err = ledgerJob(tx, id, kind)
		return err
	})
	return job, err
}

func ledgerJob(tx *gorm.DB, id model.SessionID, kind model.LedgerJobKind) (model.LedgerJob, error) {
	job := model.LedgerJob{SessionID: id, Kind: kind}
	return job, tx.Limit(1).Find(&job, "session_id = ? AND kind = ?", id, kind).Error
}

// SaveLedgerJob writes how far long work is, and returns what is held then: an end of
// the same run stays (model.LedgerJob.Over).
func (s *Store) SaveLedgerJob(ctx context.Context, job model.LedgerJob) (model.LedgerJob, error) {
	err := s.write(ctx, "write the work on the ledger", func(tx *gorm.DB) error {
		held, err := ledgerJob(tx, job.SessionID, job.Kind)
		if err != nil {
			return err
		}
		job = job.Over(held)
		return tx.Save(&job).Error
	})
	return job, err
}

// NoteGaps keeps why the gaps of a conversation could not be filled. It returns
// whether that was news.
func (s *Store) NoteGaps(ctx context.Context, id model.ConversationID, outcome model.FetchEnd, now model.Stamp) (bool, error) {
	n := 0
	err := s.write(ctx, "write why a gap stays", func(tx *gorm.DB) (err error) {
		n, err = execCount(tx, "UPDATE ledger_gaps SET outcome = ?, tried_at = ? WHERE conversation_id = ? AND outcome <> ?",
			string(outcome), int64(now), int64(id), string(outcome))
		return err
	})
	return n > 0, err
}
