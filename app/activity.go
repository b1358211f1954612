package app

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Activities is the use case of reading what was done.
type Activities struct{ a *App }

// List returns activity, newest first.
func (s *Activities) List(ctx context.Context, q model.ActivityQuery) ([]model.Activity, error) {
	return s.a.Store.Activities(ctx, q)
}
