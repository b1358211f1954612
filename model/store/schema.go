package store

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// SchemaVersion is the version that this program writes. It is kept in the
// file's user_version, and the steps that were taken in schema_migrations.
const SchemaVersion = 7

// migrationNames lists the steps; the n-th leads to version n. A new version
// adds a file and its name here, raises SchemaVersion, and freezes what it
// leads to as testdata/schema_vN.sql, from which the tests migrate ever after.
func migrationNames() []string {
	return []string{
		"0001_initial",
		"0002_media",
		searchStep,
		"0004_outbox",
		"0005_outbox_order",
		peopleStep,
		"0007_ledger",
	}
}

// searchStep is the step whose statements fillSearch completes.
const searchStep = "0003_search"

// peopleStep is the step whose statements rebuildPeople completes.
const peopleStep = "0006_people"

// migrate brings the schema up to date. All steps and their records are one
// transaction, so a kill leaves the version that was there before.
func (s *Store) migrate(ctx context.Context) error { return s.migrateTo(ctx, SchemaVersion) }

// migrateTo is migrate up to an earlier version, as a salvage needs it.
func (s *Store) migrateTo(ctx context.Context, target int) error {
	db := s.writer.WithContext(ctx)
	version, err := schemaVersion(db)
	if err != nil || version == target {
		return err
	}
	var steps []*gormigrate.Migration
	for i, name := range migrationNames()[:target] {
		steps = append(steps, &gormigrate.Migration{ID: name, Migrate: func(tx *gorm.DB) error {
			statements, err := migrationFiles.ReadFile("migrations/" + name + ".sql")
			if err != nil {
				return err
			}
			if err := exec(tx, string(statements)); err != nil {
				return fmt.Errorf("step %s: %w", name, err)
			}
			if name == searchStep {
				if err := fillSearch(tx); err != nil {
					return fmt.Errorf("step %s: %w", name, err)
				}
			}
			if name == peopleStep {
				if err := rebuildPeople(tx); err != nil {
					return fmt.Errorf("step %s: %w", name, err)
				}
			}
			return exec(tx, fmt.Sprintf("PRAGMA user_version = %d", i+1))
		}})
	}
	options := &gormigrate.Options{
		TableName: "schema_migrations", IDColumnName: "id", IDColumnSize: 255, UseTransaction: true,
		// Guards the one case that the version check before cannot see: another
		// process that brought the file further in between.
		ValidateUnknownMigrations: true,
	}
	err = gormigrate.New(db, options, steps).Migrate()
	if errors.Is(err, gormigrate.ErrUnknownPastMigration) {
		return fmt.Errorf("%w: %w", ErrNewerSchema, err)
	}
	if err != nil {
		return fmt.Errorf("bring the schema from version %d to %d: %w", version, target, err)
	}
	s.logInfo("the schema of the store was brought up to date")
	return nil
}

// schemaVersion reads the version of the file, zero for a new one.
func schemaVersion(db *gorm.DB) (int, error) {
	var version int
	err := queryRow(db, "PRAGMA user_version").Scan(&version)
	return version, err
}

// checkVersion refuses a version that this program does not know.
func checkVersion(version int) error {
	if version > SchemaVersion || version < 0 {
		return fmt.Errorf("%w: schema %d, known up to %d", ErrNewerSchema, version, SchemaVersion)
	}
	return nil
}

// refuseForeign refuses a database that some other program made.
func refuseForeign(db *gorm.DB) error {
	var tables int
	if err := queryRow(db, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		return nil
	}
	var ours int
	if err := queryRow(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('messages', 'conversations', 'schema_migrations')").Scan(&ours); err != nil {
		return err
	}
	if ours == 3 {
		return fmt.Errorf("%w: its version is gone", ErrCorrupt)
	}
	return fmt.Errorf("%w: it is a database of another program", ErrForeign)
}
