package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// SaveLabels is part of the agreed API.
func (s *Store) SaveLabels(ctx context.Context, id model.SessionID, labels []model.Label) (model.Counts, error) {
	return model.Counts{}, errNotWritten
}

// Labels is part of the agreed API.
func (s *Store) Labels(ctx context.Context, id model.SessionID) ([]model.Label, error) {
	return nil, errNotWritten
}
