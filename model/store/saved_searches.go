package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

// SavedSearches returns the searches that were given a name, by name.
func (s *Store) SavedSearches(ctx context.Context) ([]model.SavedSearch, error) {
	var list []model.SavedSearch
	err := s.read(ctx, "list saved searches", func(tx *gorm.DB) error {
		return tx.Order("name COLLATE NOCASE, id").Find(&list).Error
	})
	return list, err
}

// SaveSearch keeps a query under a name; one of the same name is replaced. A
// search with an ID is renamed and rewritten; it is ErrConflict when another one
// has the name, and ErrNotFound when it is not held. A name that is empty, or a
// query that is empty or longer than query.MaxBytes, is ErrConflict.
func (s *Store) SaveSearch(ctx context.Context, search model.SavedSearch) (model.SavedSearch, error) {
	search.Name = model.CleanLine(search.Name, model.MaxName)
	search.Text, _ = model.CleanText(strings.TrimSpace(search.Text), query.MaxBytes+1)
	if search.Name == "" || search.Text == "" || len(search.Text) > query.MaxBytes {
		return model.SavedSearch{}, fmt.Errorf("save a search: %w: it has no name, no text or too much text", ErrConflict)
	}
	err := s.write(ctx, "save a search", func(tx *gorm.DB) error {
		if search.ID == 0 {
			return queryRow(tx, `INSERT INTO saved_searches (name, text) VALUES (?, ?)
				ON CONFLICT (name) DO UPDATE SET text = excluded.text RETURNING id`, search.Name, search.Text).Scan(&search.ID)
		}
		var taken int
		err := queryRow(tx, "SELECT count(*) FROM saved_searches WHERE name = ? AND id <> ?", search.Name, int64(search.ID)).Scan(&taken)
		if err != nil {
			return err
		}
		if taken > 0 {
			return ErrConflict
		}
		n, err := execCount(tx, "UPDATE saved_searches SET name = ?, text = ? WHERE id = ?", search.Name, search.Text, int64(search.ID))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return model.SavedSearch{}, err
	}
	return search, nil
}

// DeleteSearch forgets a saved search; one that is not held is no error.
func (s *Store) DeleteSearch(ctx context.Context, id model.SavedSearchID) error {
	return s.write(ctx, "delete a saved search", func(tx *gorm.DB) error {
		return exec(tx, "DELETE FROM saved_searches WHERE id = ?", int64(id))
	})
}
