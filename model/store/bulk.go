package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// metaBulkImport is the row of meta that exists while the full-text index is
// switched off. Its value is a JSON list of the triggers to make again.
const metaBulkImport = "bulk_import"

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
	if err := s.write(ctx, "switch the full-text index off", switchIndexOff); err != nil {
		return err
	}
	err := fill(ctx)
	// Leaving the index off because of a cancellation would only move the work to the next start.
	on := s.write(context.WithoutCancel(ctx), "build the full-text index", switchIndexOn)
	return errors.Join(err, on)
}

// healBulk finishes an import that a kill interrupted. It comes before the
// migrations, which may rely on the triggers.
func (s *Store) healBulk(ctx context.Context) error {
	version, err := schemaVersion(s.writer.WithContext(ctx))
	if err != nil || version == 0 {
		return err
	}
	var open int
	row := queryRow(s.writer.WithContext(ctx), "SELECT count(*) FROM meta WHERE key = ?", metaBulkImport)
	if err := row.Scan(&open); err != nil || open == 0 {
		return err
	}
	s.logInfo("an import was interrupted: the full-text index is being built")
	return s.write(ctx, "heal an interrupted import", switchIndexOn)
}

// switchIndexOff drops the triggers and remembers them, in one transaction.
func switchIndexOff(tx *gorm.DB) error {
	var triggers []struct{ Name, SQL string }
	err := tx.Raw("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'messages_fts_%'").Scan(&triggers).Error
	if err != nil {
		return err
	}
	if len(triggers) == 0 {
		return fmt.Errorf("%w: the full-text index has no triggers", ErrCorrupt)
	}
	var statements []string
	for _, t := range triggers {
		statements = append(statements, t.SQL)
		if err := exec(tx, `DROP TRIGGER "`+t.Name+`"`); err != nil {
			return err
		}
	}
	value, err := json.Marshal(statements)
	if err != nil {
		return err
	}
	return exec(tx, "INSERT INTO meta (key, value) VALUES (?, ?)", metaBulkImport, string(value))
}

// switchIndexOn builds the index from the messages and brings the triggers
// back, in one transaction.
func switchIndexOn(tx *gorm.DB) error {
	var value string
	if err := queryRow(tx, "SELECT value FROM meta WHERE key = ?", metaBulkImport).Scan(&value); err != nil {
		return err
	}
	var statements []string
	if err := json.Unmarshal([]byte(value), &statements); err != nil {
		return fmt.Errorf("%w: the list of triggers: %w", ErrCorrupt, err)
	}
	if err := exec(tx, "INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')"); err != nil {
		return err
	}
	for _, statement := range statements {
		if err := exec(tx, statement); err != nil {
			return err
		}
	}
	return exec(tx, "DELETE FROM meta WHERE key = ?", metaBulkImport)
}
