package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// defaultOutbox is the page of the outbox when no limit is given.
const defaultOutbox = 200

// mostAhead is for how many rows of a list room is made before they are read.
const mostAhead = 10_000

// needsOwner is what waits for the owner: refused, not found, too old.
const needsOwner = " (outbox.state = 'failed' OR outbox.state = 'unknown' AND outbox.not_found OR outbox.state = 'queued' AND outbox.asks)"

// ListOutbox returns outgoing rows in the order of sending, each with the name
// of its session and conversation. Of Waits it fills "asks" and "order": the rest
// depends on the session's state, which the engine knows. Excluded, Looks and
// LookedAt are not read: they are for finding a message again, not for a list.
func (s *Store) ListOutbox(ctx context.Context, q model.OutboxQuery) ([]model.OutboxRow, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultOutbox
	}
	var rows []model.OutboxRow
	err := s.read(ctx, "list the outbox", func(tx *gorm.DB) error {
		ids, err := threadOf(tx, q.Conversation)
		if err != nil {
			return err
		}
		where, args := outboxFilter(q, jsonNumbers(ids))
		rows, err = outboxRows(tx, min(limit, mostAhead), "WHERE "+where+" ORDER BY outbox.position, outbox.id LIMIT ?", append(args, limit)...)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := nameOutbox(tx, rows); err != nil {
			return err
		}
		return markWaiting(tx, rows)
	})
	return rows, err
}

// outboxFilter writes the conditions of a query; thread are the conversations with
// the same person as its conversation.
func outboxFilter(q model.OutboxQuery, thread string) (where string, args []any) {
	// The indexes in the order of sending are of what is open, so a query of what
	// is open says so even where its states do.
	conditions := make([]string, 0, 2)
	if !slices.Contains(q.States, model.OutboxSent) {
		conditions = append(conditions, "outbox.state <> 'sent'")
	}
	if len(q.States) > 0 {
		conditions = append(conditions, "outbox.state IN (?"+strings.Repeat(", ?", len(q.States)-1)+")")
		for _, state := range q.States {
			args = append(args, string(state))
		}
	}
	where = strings.Join(conditions, " AND ")
	if q.Session != 0 {
		where += " AND outbox.session_id = ?"
		args = append(args, int64(q.Session))
	}
	if q.Conversation != 0 {
		where += " AND outbox.conversation_id IN (SELECT value FROM json_each(?))"
		args = append(args, thread)
	}
	if q.NeedsOwner {
		where += " AND" + needsOwner
	}
	if q.Became != "" {
		where += " AND outbox.short_id = ? AND outbox.short_id <> ''"
		args = append(args, string(q.Became))
	}
	if q.After != 0 {
		where += " AND (outbox.position, outbox.id) > (SELECT position, id FROM outbox WHERE id = ?)"
		args = append(args, int64(q.After))
	}
	return where, args
}

// markWaiting says why queued rows wait, as far as the store knows it. It goes
// through all that is open in the index outbox_open, and since most of that is
// texts, they are known before the list of kinds is searched.
func markWaiting(tx *gorm.DB, rows []model.OutboxRow) error {
	type first struct{ message, uncertain int64 }
	blocked := map[model.ConversationID]first{}
	err := eachRow(tx, func(r *sql.Rows) error {
		var id model.ConversationID
		var f first
		if err := r.Scan(&id, &f.message, &f.uncertain); err != nil {
			return err
		}
		blocked[id] = f
		return nil
	}, `SELECT conversation_id, min(position),
			min(CASE WHEN state <> 'queued' THEN position ELSE 9223372036854775807 END)
		FROM outbox WHERE state <> 'sent' AND (state = 'queued' AND NOT asks OR state = 'sending' OR state = 'unknown' AND NOT not_found)
			AND (kind = 'text' OR kind IN `+messageKinds+`) GROUP BY conversation_id`)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		if row.State != model.OutboxQueued {
			continue
		}
		f, held := blocked[row.ConversationID]
		before := f.uncertain
		if model.BecomesMessage(row.Kind) {
			before = f.message
		}
		switch {
		case row.Asks:
			row.Waits = model.WaitsAsks
		case held && before < row.Position:
			row.Waits = model.WaitsOrder
		}
	}
	return nil
}

// CountOutbox tells how many outgoing rows stand where, over all sessions.
func (s *Store) CountOutbox(ctx context.Context) (model.OutboxCounts, error) {
	var c model.OutboxCounts
	err := s.read(ctx, "count the outbox", func(tx *gorm.DB) error {
		return queryRow(tx, `SELECT coalesce(sum(state = 'queued'), 0), coalesce(sum(state = 'sending'), 0),
			coalesce(sum(state = 'failed'), 0), coalesce(sum(state = 'unknown'), 0), coalesce(sum(`+needsOwner+`), 0)
			FROM outbox WHERE state <> 'sent'`).Scan(&c.Queued, &c.Sending, &c.Failed, &c.Unknown, &c.NeedsOwner)
	})
	return c, err
}
