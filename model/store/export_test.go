package store

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// LimitPages lets the file grow to that many pages only, as a full disk would.
func (s *Store) LimitPages(ctx context.Context, pages int) error {
	return exec(s.writer.WithContext(ctx), "PRAGMA max_page_count = "+strconv.Itoa(pages))
}

// StartBulkAndStop begins a bulk import and leaves it as a kill would.
func (s *Store) StartBulkAndStop(ctx context.Context) error {
	return s.write(ctx, "begin an import", func(tx *gorm.DB) error {
		_, err := switchIndexOff(tx)
		return err
	})
}

// Synchronous returns the writer's synchronous mode: 1 normal, 2 full.
func (s *Store) Synchronous(ctx context.Context) (mode int, err error) {
	err = queryRow(s.writer.WithContext(ctx), "PRAGMA synchronous").Scan(&mode)
	return mode, err
}

// MaxCandidates is how many messages a search judges by themselves.
const MaxCandidates = maxCandidates

// SetSearchTime sets how long one step of a search may take.
func (s *Store) SetSearchTime(d time.Duration) { s.searchTime = d }

// FoldUnicode is Fold by the tables of Unicode alone.
func FoldUnicode(s string) string { return foldUnicode(s) }

// Path is where the file is.
func (s *Store) Path() string { return s.path }
