package app

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Search returns messages by a query in the language of package query, newest
// first. Days begin where q.Location says.
func (c *Conversations) Search(ctx context.Context, q model.SearchQuery) (model.SearchResult, error) {
	return c.a.Store.Search(ctx, q)
}
