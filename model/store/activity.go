package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// AddActivity is part of the agreed API.
func (s *Store) AddActivity(ctx context.Context, a model.Activity) error {
	return errNotWritten
}

// Activities is part of the agreed API.
func (s *Store) Activities(ctx context.Context, q model.ActivityQuery) ([]model.Activity, error) {
	return nil, errNotWritten
}

// PruneActivity is part of the agreed API.
func (s *Store) PruneActivity(ctx context.Context, before model.Stamp) error {
	return errNotWritten
}
