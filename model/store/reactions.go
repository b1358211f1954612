package store

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// mineQuery lists the identifiers that are oneself: the session's number, its
// hidden id, and contacts that are oneself. ?1 is the session.
const mineQuery = `SELECT jid FROM sessions WHERE id = ?1 AND jid <> ''
	UNION SELECT i.lid FROM sessions s JOIN identities i ON i.session_id = s.id AND i.phone_jid = s.jid WHERE s.id = ?1
	UNION SELECT jid FROM contacts WHERE session_id = ?1 AND is_me = 1`

// sessionOfMessage returns whose message it is; ErrNotFound when there is no such message.
func sessionOfMessage(tx *gorm.DB, id model.MessageID) (model.SessionID, error) {
	var session model.SessionID
	err := queryRow(tx, "SELECT c.session_id FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = ?", int64(id)).Scan(&session)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	return session, err
}

// ReactionDetails returns who put which emoji on a message, the newest first.
func (s *Store) ReactionDetails(ctx context.Context, id model.MessageID) ([]model.ReactionDetail, error) {
	var details []model.ReactionDetail
	err := s.read(ctx, "read reactions", func(tx *gorm.DB) error {
		session, err := sessionOfMessage(tx, id)
		if err != nil {
			return err
		}
		err = tx.Raw(`SELECT sender_jid, emoji, at, sender_jid IN (`+mineQuery+`) AS mine
			FROM reactions WHERE message_id = ?2 ORDER BY at DESC, sender_jid`, int64(session), int64(id)).Scan(&details).Error
		if err != nil {
			return err
		}
		people := make([]person, len(details))
		for i := range details {
			people[i] = person{session, details[i].SenderJID}
		}
		names, err := displayNames(tx, people)
		for i := range details {
			details[i].Name = names[people[i]]
		}
		return err
	})
	return details, err
}

// MessageVersions returns the earlier texts of a message, the first one first.
func (s *Store) MessageVersions(ctx context.Context, id model.MessageID) ([]model.MessageVersion, error) {
	var versions []model.MessageVersion
	err := s.read(ctx, "read earlier texts", func(tx *gorm.DB) error {
		return tx.Order("number").Find(&versions, "message_id = ?", int64(id)).Error
	})
	return versions, err
}

// PollVotes returns who chose what in a poll, the newest vote first.
func (s *Store) PollVotes(context.Context, model.MessageID) ([]model.PollVote, error) {
	return nil, nil
}
