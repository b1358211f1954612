package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// metaIndexOff is the row of meta that switches the triggers of the full-text
// index off. Committed, it means that the index must be built anew.
const metaIndexOff = "index_off"

// BulkImport runs fill with the full-text index switched off, and builds the
// index in one go afterwards, which is several times faster for a first import.
// SaveMessages is used inside fill as ever; until fill ends, searches find what
// was held before. The index is built also when fill fails, and at the next
// Open when the process is killed in between. A second import at the same time
// is ErrBusy.
func (s *Store) BulkImport(ctx context.Context, fill func(context.Context) error) error {
	if !s.bulk.CompareAndSwap(false, true) {
		return fmt.Errorf("import in bulk: %w", ErrBusy)
	}
	defer s.bulk.Store(false)
	err := s.write(ctx, "switch the full-text index off", func(tx *gorm.DB) error {
		_, err := switchIndexOff(tx)
		return err
	})
	if err != nil {
		return err
	}
	err = fill(ctx)
	// Leaving the index off because of a cancellation would only move the work to the next start.
	on := s.write(context.WithoutCancel(ctx), "build the full-text index", rebuildIndex)
	return errors.Join(err, on)
}

// healBulk finishes an import that a kill interrupted. It comes before the
// migrations, which may rely on the index.
func (s *Store) healBulk(ctx context.Context) error {
	version, err := schemaVersion(s.writer.WithContext(ctx))
	if err != nil || version == 0 {
		return err
	}
	var off int
	row := queryRow(s.writer.WithContext(ctx), "SELECT count(*) FROM meta WHERE key = ?", metaIndexOff)
	if err := row.Scan(&off); err != nil || off == 0 {
		return err
	}
	s.logInfo("an import was interrupted: the full-text index is being built")
	return s.write(ctx, "heal an interrupted import", rebuildIndex)
}

// switchIndexOff keeps the triggers from working, and returns whether they worked before.
func switchIndexOff(tx *gorm.DB) (bool, error) {
	n, err := execCount(tx, "INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT DO NOTHING", metaIndexOff)
	return n == 1, err
}

// switchIndexOn lets the triggers work again.
func switchIndexOn(tx *gorm.DB) error {
	return exec(tx, "DELETE FROM meta WHERE key = ?", metaIndexOff)
}

// rebuildIndex builds the index from the messages and switches it on, in one transaction.
func rebuildIndex(tx *gorm.DB) error {
	if err := exec(tx, "INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')"); err != nil {
		return err
	}
	return switchIndexOn(tx)
}
