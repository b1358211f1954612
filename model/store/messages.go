package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// MessageIn is a message as the gateway names it. Its ID and ConversationID are set by the store.
type MessageIn struct {
	model.Message
	Unix           int64            // seconds at which it was sent
	Media          *model.Media     // nil when it carries no file
	Reactions      []model.Reaction // an empty emoji takes the sender's reaction away
	ReactionsKnown bool             // Reactions are all there are, so others go
}

// MessageBatch is what one conversation gets.
type MessageBatch struct {
	ConversationID model.ConversationID
	Messages       []MessageIn  // in the gateway's order, oldest first
	Fetch          *FetchResult // nil: single messages that came by themselves; the ledger's fetch fields stay
}

// FetchResult says how a fetch of the newest messages of a conversation ended.
type FetchResult struct {
	Outcome          string // "ok", or the kind of the error
	Limit            int    // how many were asked for; 0: all
	ReachedBeginning bool   // the gateway has nothing older
	GapBefore        bool   // the caller knows of a hole before the oldest message of this batch; others are found by the store
}

// BatchResult says what was done with one batch.
type BatchResult struct {
	ConversationID model.ConversationID
	Counts         model.Counts
	NewIncoming    int // new messages of others, notices left out
}

// SaveMessages is part of the agreed API.
func (s *Store) SaveMessages(ctx context.Context, batches []MessageBatch, now model.Stamp) ([]BatchResult, error) {
	return nil, errNotWritten
}

// Messages is part of the agreed API.
func (s *Store) Messages(ctx context.Context, q model.MessageQuery) ([]model.MessageRow, error) {
	return nil, errNotWritten
}

// Message is part of the agreed API.
func (s *Store) Message(ctx context.Context, id model.MessageID) (model.MessageRow, error) {
	return model.MessageRow{}, errNotWritten
}

// MessageByShortID is part of the agreed API.
func (s *Store) MessageByShortID(ctx context.Context, id model.ConversationID, fromMe bool, short model.ShortID) (model.MessageRow, error) {
	return model.MessageRow{}, errNotWritten
}

// CountMessages is part of the agreed API.
func (s *Store) CountMessages(ctx context.Context, id model.SessionID) (int, error) {
	return 0, errNotWritten
}

// Search is part of the agreed API.
func (s *Store) Search(ctx context.Context, q model.SearchQuery) ([]model.SearchHit, error) {
	return nil, errNotWritten
}
