package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// outboxColumns reads what a list needs of an outgoing row. Ten thousand of them
// must be there at once, and the driver takes its time over every value, so what
// most rows do not have is NULL, which it passes on for nothing: a state other
// than queued, a kind other than text, a payload, and the rest as one value, which
// readRest reads. The sign before the text makes it an expression: for a text that
// is a column, the driver looks up its declared type in every row, which takes
// longer than the text.
const outboxColumns = `SELECT outbox.id, outbox.session_id, outbox.conversation_id, outbox.created_at, outbox.position, +outbox.text,
	CASE WHEN outbox.state <> 'queued' THEN outbox.state END, CASE WHEN outbox.kind <> 'text' THEN outbox.kind END,
	CASE WHEN outbox.payload <> '' THEN outbox.payload END,
	CASE WHEN quoted_short_id <> '' OR target_id OR attempted_at OR finished_at OR attempts OR asks OR not_found
		OR error <> '' OR error_text <> '' OR short_id <> '' OR matched <> ''
	THEN json_array(quoted_short_id, target_id, attempted_at, finished_at, attempts, asks, not_found, error, error_text, short_id, matched)
	END FROM outbox `

// outboxRows runs outboxColumns with the rest of the query. Of each row Excluded,
// Looks and LookedAt are left out, and the names of where it goes.
func outboxRows(tx *gorm.DB, capacity int, query string, args ...any) ([]model.OutboxRow, error) {
	rows := make([]model.OutboxRow, 0, capacity)
	var row model.OutboxRow
	var rest string
	into := []any{
		number(&row.ID), number(&row.SessionID), number(&row.ConversationID), number(&row.CreatedAt), number(&row.Position), word(&row.Text),
		word(&row.State), word(&row.Kind), word(&row.Payload), word(&rest),
	}
	err := eachRow(tx, func(r *sql.Rows) error {
		if err := r.Scan(into...); err != nil {
			return err
		}
		if row.State == "" {
			row.State = model.OutboxQueued
		}
		if row.Kind == "" {
			row.Kind = model.OutboxText
		}
		rows = append(rows, row)
		if rest == "" {
			return nil
		}
		return readRest(&rows[len(rows)-1].OutboxItem, rest)
	}, outboxColumns+query, args...)
	return rows, err
}

// readRest reads what few rows have, from outboxColumns' last value.
func readRest(item *model.OutboxItem, rest string) error {
	var asks, notFound int
	err := json.Unmarshal([]byte(rest), &[]any{
		&item.QuotedShortID, &item.Target, &item.AttemptedAt, &item.FinishedAt, &item.Attempts, &asks, &notFound,
		&item.Error, &item.ErrorText, &item.ShortID, &item.Match,
	})
	item.Asks, item.NotFound = asks != 0, notFound != 0
	return err
}

// nameOutbox fills in the names of where rows go. They are looked up once for
// all rows: a queue goes to far fewer conversations than it has rows.
func nameOutbox(tx *gorm.DB, rows []model.OutboxRow) error {
	type name struct {
		name string
		jid  model.JID
	}
	sessions, conversations := map[model.SessionID]model.SessionName{}, map[model.ConversationID]*name{}
	var ids []model.ConversationID
	for i := range rows {
		sessions[rows[i].SessionID] = ""
		if id := rows[i].ConversationID; conversations[id] == nil {
			conversations[id] = &name{}
			ids = append(ids, id)
		}
	}
	err := eachRow(tx, func(r *sql.Rows) error {
		var id model.ConversationID
		var n name
		if err := r.Scan(number(&id), word(&n.name), word(&n.jid)); err != nil {
			return err
		}
		*conversations[id] = n
		return nil
	}, "SELECT id, +name, +jid FROM conversations WHERE id IN (SELECT value FROM json_each(?))", jsonNumbers(ids))
	if err != nil {
		return err
	}
	err = eachRow(tx, func(r *sql.Rows) error {
		var id model.SessionID
		var session model.SessionName
		err := r.Scan(number(&id), word(&session))
		sessions[id] = session
		return err
	}, "SELECT id, name FROM sessions")
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		n := conversations[row.ConversationID]
		row.Session, row.Conversation, row.Chat = sessions[row.SessionID], n.name, n.jid
	}
	return nil
}

// numberField and wordField take over values of rows that are read by the
// thousand: unlike a plain pointer to a named type they need no reflection, and
// NULL is their zero.
type (
	numberField[T ~int | ~int64] struct{ to *T }
	wordField[T ~string]         struct{ to *T }
)

func number[T ~int | ~int64](to *T) sql.Scanner { return numberField[T]{to} }
func word[T ~string](to *T) sql.Scanner         { return wordField[T]{to} }

func (f numberField[T]) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*f.to = 0
	case int64:
		*f.to = T(v)
	default:
		return fmt.Errorf("%w: %T where a number belongs", ErrCorrupt, value)
	}
	return nil
}

func (f wordField[T]) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*f.to = ""
	case string:
		*f.to = T(v)
	default:
		return fmt.Errorf("%w: %T where a text belongs", ErrCorrupt, value)
	}
	return nil
}
