package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// EnsureSession is part of the agreed API.
func (s *Store) EnsureSession(ctx context.Context, name model.SessionName) (model.Session, error) {
	return model.Session{}, errNotWritten
}

// Session is part of the agreed API.
func (s *Store) Session(ctx context.Context, id model.SessionID) (model.Session, error) {
	return model.Session{}, errNotWritten
}

// SessionByName is part of the agreed API.
func (s *Store) SessionByName(ctx context.Context, name model.SessionName) (model.Session, error) {
	return model.Session{}, errNotWritten
}

// Sessions is part of the agreed API.
func (s *Store) Sessions(ctx context.Context) ([]model.Session, error) {
	return nil, errNotWritten
}

// UpdateSession is part of the agreed API.
func (s *Store) UpdateSession(ctx context.Context, id model.SessionID, change func(*model.Session)) (model.Session, bool, error) {
	return model.Session{}, false, errNotWritten
}

// Statistics is part of the agreed API.
func (s *Store) Statistics(ctx context.Context, id model.SessionID, now model.Stamp) (model.Statistics, error) {
	return model.Statistics{}, errNotWritten
}
