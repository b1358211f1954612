package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// liveKey is the row of meta that keeps what the stream of events of a session has proven.
func liveKey(id model.SessionID) string { return "live:" + strconv.FormatInt(int64(id), 10) }

// LiveReport returns what was kept of the stream of events of a session; nothing
// kept is the zero value.
func (s *Store) LiveReport(ctx context.Context, id model.SessionID) (r model.LiveReport, err error) {
	err = s.read(ctx, "read what is known of the events", func(tx *gorm.DB) error {
		r, err = readLive(tx, id)
		return err
	})
	return r, err
}

func readLive(tx *gorm.DB, id model.SessionID) (r model.LiveReport, err error) {
	var text string
	err = queryRow(tx, "SELECT value FROM meta WHERE key = ?", liveKey(id)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	if err == nil && json.Unmarshal([]byte(text), &r) != nil {
		return model.LiveReport{}, nil // of another version: what it proved will be proven again
	}
	return r, err
}

// UpdateLiveReport changes what is kept of the stream of events of a session. It
// writes only when something differs.
func (s *Store) UpdateLiveReport(ctx context.Context, id model.SessionID, change func(model.LiveReport) model.LiveReport) error {
	held, err := s.LiveReport(ctx, id)
	if err != nil || change(held) == held {
		return err
	}
	return s.write(ctx, "keep what is known of the events", func(tx *gorm.DB) error {
		held, err := readLive(tx, id)
		if err != nil {
			return err
		}
		text, err := json.Marshal(change(held))
		if err != nil {
			return fmt.Errorf("encode what is known of the events: %w", err)
		}
		return exec(tx, "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", liveKey(id), string(text))
	})
}

// SeenEvidence returns what tells whether the gateway marks everything as read by
// itself (contract §2, SET_MESSAGES_AS_SEEN): of the conversations with persons and
// groups whose newest message came from others after a time, how many are unread
// and how many are not, and how often something was marked as read here since then:
// the gateway need not have done it yet.
func (s *Store) SeenEvidence(ctx context.Context, id model.SessionID, since model.Stamp) (unread, read, here int, err error) {
	err = s.read(ctx, "look for unread conversations", func(tx *gorm.DB) error {
		err := queryRow(tx, `SELECT coalesce(sum(unread > 0 OR marked_unread), 0), coalesce(sum(unread = 0 AND NOT marked_unread), 0) FROM conversations
			WHERE session_id = ? AND kind IN (?, ?) AND last_at >= ? AND NOT last_from_me AND last_message_id <> 0`,
			int64(id), string(model.KindPerson), string(model.KindGroup), int64(since)).Scan(&unread, &read)
		if err != nil {
			return err
		}
		return queryRow(tx, `SELECT max((SELECT count(*) FROM activity WHERE session_id = ?1 AND at >= ?2 AND action = 'read_conversation'),
			(SELECT count(*) FROM outbox WHERE session_id = ?1 AND created_at >= ?2 AND kind = 'read'))`, int64(id), int64(since)).Scan(&here)
	})
	return unread, read, here, err
}
