package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// AddOutbox is part of the agreed API.
func (s *Store) AddOutbox(ctx context.Context, item model.OutboxItem) (model.OutboxItem, error) {
	return model.OutboxItem{}, errNotWritten
}

// OutboxItem is part of the agreed API.
func (s *Store) OutboxItem(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	return model.OutboxItem{}, errNotWritten
}

// Outbox is part of the agreed API.
func (s *Store) Outbox(ctx context.Context, id model.ConversationID) ([]model.OutboxItem, error) {
	return nil, errNotWritten
}

// OutboxByState is part of the agreed API.
func (s *Store) OutboxByState(ctx context.Context, id model.SessionID, states ...model.OutboxState) ([]model.OutboxItem, error) {
	return nil, errNotWritten
}

// ClaimOutbox is part of the agreed API.
func (s *Store) ClaimOutbox(ctx context.Context, id model.OutboxID, now model.Stamp) (model.OutboxItem, bool, error) {
	return model.OutboxItem{}, false, errNotWritten
}

// FinishOutbox is part of the agreed API.
func (s *Store) FinishOutbox(ctx context.Context, id model.OutboxID, state model.OutboxState, short model.ShortID, errKind, errText string, now model.Stamp) error {
	return errNotWritten
}

// RecoverOutbox is part of the agreed API.
func (s *Store) RecoverOutbox(ctx context.Context, id model.SessionID, now model.Stamp) (int, error) {
	return 0, errNotWritten
}

// OutboxClaims is part of the agreed API.
func (s *Store) OutboxClaims(ctx context.Context, id model.ConversationID, short model.ShortID) (bool, error) {
	return false, errNotWritten
}

// RequeueOutbox is part of the agreed API.
func (s *Store) RequeueOutbox(ctx context.Context, id model.OutboxID) error {
	return errNotWritten
}

// DeleteOutbox is part of the agreed API.
func (s *Store) DeleteOutbox(ctx context.Context, id model.OutboxID) error {
	return errNotWritten
}
