package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// ConversationEntry is what a sync needs to know of a conversation that is held.
type ConversationEntry struct {
	ID          model.ConversationID
	Fingerprint model.Fingerprint
	NotSeen     bool
}

// ConversationIn is a conversation as the gateway's list names it.
type ConversationIn struct {
	Conversation model.Conversation
	Group        *model.Group // nil: not a group, or nothing is known
}

// ConversationIndex is part of the agreed API.
func (s *Store) ConversationIndex(ctx context.Context, id model.SessionID) (map[model.JID]ConversationEntry, error) {
	return nil, errNotWritten
}

// SaveConversations is part of the agreed API.
func (s *Store) SaveConversations(ctx context.Context, id model.SessionID, conversations []ConversationIn, now model.Stamp) error {
	return errNotWritten
}

// MarkConversationsNotSeen is part of the agreed API.
func (s *Store) MarkConversationsNotSeen(ctx context.Context, ids []model.ConversationID, at model.Stamp) error {
	return errNotWritten
}

// MarkConversationsSeen is part of the agreed API.
func (s *Store) MarkConversationsSeen(ctx context.Context, ids []model.ConversationID) error {
	return errNotWritten
}

// EnsureConversation is part of the agreed API.
func (s *Store) EnsureConversation(ctx context.Context, id model.SessionID, jid model.JID, name string, now model.Stamp) (model.Conversation, error) {
	return model.Conversation{}, errNotWritten
}

// Conversation is part of the agreed API.
func (s *Store) Conversation(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return model.Conversation{}, errNotWritten
}

// ConversationByJID is part of the agreed API.
func (s *Store) ConversationByJID(ctx context.Context, id model.SessionID, jid model.JID) (model.Conversation, error) {
	return model.Conversation{}, errNotWritten
}

// UpdateConversation is part of the agreed API.
func (s *Store) UpdateConversation(ctx context.Context, id model.ConversationID, change func(*model.Conversation)) (bool, error) {
	return false, errNotWritten
}

// Conversations is part of the agreed API.
func (s *Store) Conversations(ctx context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	return nil, errNotWritten
}

// CountConversations is part of the agreed API.
func (s *Store) CountConversations(ctx context.Context, id model.SessionID) (int, error) {
	return 0, errNotWritten
}

// Group is part of the agreed API.
func (s *Store) Group(ctx context.Context, id model.ConversationID) (model.Group, error) {
	return model.Group{}, errNotWritten
}

// ConversationsToFetch is part of the agreed API.
func (s *Store) ConversationsToFetch(ctx context.Context, id model.SessionID, limit int) ([]model.ConversationID, error) {
	return nil, errNotWritten
}

// ConversationIDs is part of the agreed API.
func (s *Store) ConversationIDs(ctx context.Context, id model.SessionID) ([]model.ConversationID, error) {
	return nil, errNotWritten
}
