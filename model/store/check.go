package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// CheckBeside verifies the file, its references and that the full-text index
// holds every message, on a connection of its own that can only read: nobody
// waits for it. A fault is ErrCorrupt. It may take minutes on a large store and
// ends with the context.
func (s *Store) CheckBeside(ctx context.Context) (err error) {
	const doing = "check the store"
	db, err := connect(ctx, s.path, readOnly, 1)
	if err != nil {
		return wrap(ctx, doing, err)
	}
	defer func() { err = errors.Join(err, disconnect(db)) }()
	return s.told(wrap(ctx, doing, db.WithContext(ctx).Transaction(checkAll)), false)
}

func checkAll(tx *gorm.DB) error {
	if err := checkTables(tx); err != nil {
		return err
	}
	if err := checkReferences(tx); err != nil {
		return err
	}
	return checkIndexed(tx)
}

// checkTables is checkPages table by table. Over the whole file SQLite would let the full-text
// indexes check themselves too, which takes minutes on a large store and cannot be
// interrupted; their tables are among these, and checkIndexed looks inside.
func checkTables(tx *gorm.DB) error {
	var names []string
	err := tx.Raw("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name").Scan(&names).Error
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := tx.Statement.Context.Err(); err != nil {
			return err
		}
		if err := soundAnswer(tx, `PRAGMA integrity_check("`+name+`")`); err != nil {
			return err
		}
	}
	return nil
}

func soundAnswer(tx *gorm.DB, pragma string) error {
	var answers []string
	if err := tx.Raw(pragma).Scan(&answers).Error; err != nil {
		return err
	}
	if len(answers) != 1 || answers[0] != "ok" {
		answers = answers[:min(len(answers), 10)]
		return fmt.Errorf("%w: %d faults, the first: %q", ErrCorrupt, len(answers), answers)
	}
	return nil
}

// checkPages lets SQLite go through every page, and looks for rows that refer to nothing.
func checkPages(tx *gorm.DB) error {
	if err := soundAnswer(tx, "PRAGMA integrity_check(10)"); err != nil {
		return err
	}
	return checkReferences(tx)
}

func checkReferences(tx *gorm.DB) error {
	var orphans int
	if err := queryRow(tx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans); err != nil {
		return err
	}
	if orphans > 0 {
		return fmt.Errorf("%w: %d rows refer to nothing", ErrCorrupt, orphans)
	}
	return nil
}

// checkIndexed counts the messages of each conversation in the table and in the
// full-text index, of which every entry has the facet of its conversation.
func checkIndexed(tx *gorm.DB) error {
	var off int
	if err := queryRow(tx, "SELECT count(*) FROM meta WHERE key = ?", metaIndexOff).Scan(&off); err != nil || off > 0 {
		return err
	}
	type counted struct{ conversation, messages int64 }
	var all []counted
	err := eachRow(tx, func(rows *sql.Rows) error {
		var c counted
		err := rows.Scan(&c.conversation, &c.messages)
		all = append(all, c)
		return err
	}, "SELECT conversation_id, count(*) FROM messages GROUP BY conversation_id")
	if err != nil {
		return err
	}
	for _, c := range all {
		var indexed int64
		word := fmt.Sprintf(`facets : "0c%d"`, c.conversation)
		if err := queryRow(tx, "SELECT count(*) FROM messages_fts WHERE messages_fts MATCH ?", word).Scan(&indexed); err != nil {
			return err
		}
		if indexed != c.messages {
			return fmt.Errorf("%w: of a conversation %d messages are held and %d can be found", ErrCorrupt, c.messages, indexed)
		}
	}
	return nil
}
