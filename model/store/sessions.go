package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xappiens/buzon/model"
)

// EnsureSession returns the session of that name, and makes it when there is none.
func (s *Store) EnsureSession(ctx context.Context, name model.SessionName) (model.Session, error) {
	held, err := s.SessionByName(ctx, name)
	if !errors.Is(err, ErrNotFound) {
		return held, err
	}
	var session model.Session
	err = s.write(ctx, "add a session", func(tx *gorm.DB) error {
		fresh := model.Session{Name: name, State: model.StateUnknown, CreatedAt: s.stamp()}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error; err != nil {
			return err
		}
		return tx.Where("name = ?", name).Take(&session).Error
	})
	return session, err
}

// Session returns a session by its key.
func (s *Store) Session(ctx context.Context, id model.SessionID) (model.Session, error) {
	var session model.Session
	err := s.read(ctx, "read a session", func(tx *gorm.DB) error { return tx.Take(&session, "id = ?", id).Error })
	return session, err
}

// SessionByName returns a session by its name on the gateway.
func (s *Store) SessionByName(ctx context.Context, name model.SessionName) (model.Session, error) {
	var session model.Session
	err := s.read(ctx, "read a session", func(tx *gorm.DB) error { return tx.Take(&session, "name = ?", name).Error })
	return session, err
}

// Sessions returns all sessions, the oldest first.
func (s *Store) Sessions(ctx context.Context) ([]model.Session, error) {
	var sessions []model.Session
	err := s.read(ctx, "list sessions", func(tx *gorm.DB) error { return tx.Order("id").Find(&sessions).Error })
	return sessions, err
}

// UpdateSession reads a session, lets change alter it and writes it if
// anything differs, in one transaction. The key and the name stay.
func (s *Store) UpdateSession(ctx context.Context, id model.SessionID, change func(*model.Session)) (model.Session, bool, error) {
	var session model.Session
	changed := false
	err := s.write(ctx, "update a session", func(tx *gorm.DB) error {
		if err := tx.Take(&session, "id = ?", id).Error; err != nil {
			return err
		}
		held := session
		change(&session)
		session.ID, session.Name = held.ID, held.Name
		if changed = session != held; !changed {
			return nil
		}
		return tx.Select("*").Where("id = ?", id).Updates(&session).Error
	})
	return session, changed && err == nil, err
}

// Statistics counts what is held of a session. now decides which conversations
// are active: those with a message within 24 hours.
func (s *Store) Statistics(ctx context.Context, id model.SessionID, now model.Stamp) (model.Statistics, error) {
	var st model.Statistics
	err := s.read(ctx, "count what a session holds", func(tx *gorm.DB) error {
		var session model.Session
		if err := tx.Take(&session, "id = ?", id).Error; err != nil {
			return err
		}
		st = model.Statistics{
			LastSyncAt: session.LastSyncAt, ConnectedSince: session.ConnectedSince,
			Connections: session.Connections, Disconnections: session.Disconnections,
		}
		const day = 24 * 60 * 60 * 1000
		const conversations = `SELECT count(*), coalesce(sum(kind = 'group'), 0), coalesce(sum(list_unread), 0),
			coalesce(sum(list_unread > 0 OR list_marked), 0), coalesce(sum(list_last_at >= ?), 0)
			FROM conversations WHERE session_id = ? AND thread_id IN (0, id)`
		err := queryRow(tx, conversations, now-day, id).
			Scan(&st.Conversations, &st.Groups, &st.Unread, &st.UnreadChats, &st.ActiveChats)
		if err != nil {
			return err
		}
		const contacts = "SELECT count(*) FROM contacts WHERE session_id = ? AND is_group = 0 AND person_id IN (0, id)"
		if err := queryRow(tx, contacts, id).Scan(&st.Contacts); err != nil {
			return err
		}
		// The unique index holds both columns, so no message is read.
		const messages = `SELECT count(*), coalesce(sum(from_me), 0) FROM messages
			WHERE conversation_id IN (SELECT id FROM conversations WHERE session_id = ?)`
		if err := queryRow(tx, messages, id).Scan(&st.Messages, &st.MessagesOut); err != nil {
			return err
		}
		st.MessagesIn = st.Messages - st.MessagesOut
		const outbox = "SELECT count(*) FROM outbox WHERE session_id = ? AND state <> 'sent'"
		return queryRow(tx, outbox, id).Scan(&st.OutboxUnfinished)
	})
	return st, err
}
