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

// SearchConversations finds conversations and contacts by name, or by a number in any form.
func (c *Conversations) SearchConversations(ctx context.Context, text string, limit int) ([]model.PlaceHit, error) {
	return c.a.Store.SearchConversations(ctx, text, limit)
}

// SearchNames returns names for from: and in:, of which a beginning is typed.
func (c *Conversations) SearchNames(ctx context.Context, prefix string, limit int) ([]model.NameHit, error) {
	return c.a.Store.SearchNames(ctx, prefix, limit)
}

// SavedSearches returns the searches that were given a name, by name.
func (c *Conversations) SavedSearches(ctx context.Context) ([]model.SavedSearch, error) {
	return c.a.Store.SavedSearches(ctx)
}

// SaveSearch keeps a query under a name; one of the same name is replaced.
func (c *Conversations) SaveSearch(ctx context.Context, search model.SavedSearch) (model.SavedSearch, error) {
	return c.a.Store.SaveSearch(ctx, search)
}

// DeleteSearch forgets a saved search.
func (c *Conversations) DeleteSearch(ctx context.Context, id model.SavedSearchID) error {
	return c.a.Store.DeleteSearch(ctx, id)
}
