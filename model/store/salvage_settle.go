package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// settle makes whole what was recovered: messages whose conversation is lost get
// it anew, what belonged to anything else that is lost goes, and conversations
// remember where messages are missing.
func (s *salvage) settle(tx *gorm.DB) error {
	for _, step := range []func(*gorm.DB) error{s.recreateSessions, s.recreateConversations, s.markGaps, s.dropOrphans} {
		if err := step(tx); err != nil {
			return err
		}
	}
	for _, t := range s.order {
		s.report.Tables = append(s.report.Tables, model.SalvagedTable{Name: t.name, Recovered: t.recovered, Lost: t.lost})
	}
	return nil
}

func (s *salvage) recreateSessions(tx *gorm.DB) error {
	return exec(tx, `INSERT INTO sessions (id, name) SELECT DISTINCT session_id, 'recovered-' || session_id FROM (
		SELECT session_id FROM conversations UNION SELECT session_id FROM contacts UNION SELECT session_id FROM outbox)
		WHERE session_id NOT IN (SELECT id FROM sessions)`)
}

// recreateConversations makes the rows of conversations anew of which messages
// were recovered. Whose they are stands in the long id of each message.
func (s *salvage) recreateConversations(tx *gorm.DB) error {
	type lost struct {
		id, newest int64
		serialized string
	}
	var list []lost
	err := eachRow(tx, func(rows *sql.Rows) error {
		var c lost
		list = append(list, c)
		last := &list[len(list)-1]
		return rows.Scan(&last.id, &last.newest, &last.serialized)
	}, `SELECT conversation_id, max(id), max(serialized) FROM messages
		WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id`)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := exec(tx, "INSERT INTO sessions (name) SELECT 'recovered' WHERE NOT EXISTS (SELECT 1 FROM sessions)"); err != nil {
		return err
	}
	for _, c := range list {
		jid := jidOfSerialized(c.serialized)
		if jid == "" {
			jid = model.JID(fmt.Sprintf("recovered-%d@c.us", c.id))
		}
		n, err := execCount(tx, `INSERT OR IGNORE INTO conversations (id, session_id, jid, kind, name, search_text, last_at, last_message_id, ledger_newest, ledger_oldest, ledger_needs_fetch)
			SELECT ?, (SELECT min(id) FROM sessions), ?, ?, '', ?, ?, ?, ?, (SELECT min(id) FROM messages WHERE conversation_id = ?), 1`,
			c.id, string(jid), string(jid.Kind()), searchText(jid, ""), (c.newest>>20)*1000, c.newest, c.newest, c.id)
		if err != nil {
			return err
		}
		s.report.Recreated += int64(n)
	}
	return nil
}

// jidOfSerialized returns the conversation in a long id, as true_346…@c.us_3EB0…
func jidOfSerialized(serialized string) model.JID {
	_, rest, ok := strings.Cut(serialized, "_")
	if !ok {
		return ""
	}
	text, _, ok := strings.Cut(rest, "_")
	if !ok {
		return ""
	}
	jid, err := model.ParseJID(text)
	if err != nil {
		return ""
	}
	return jid
}

// ledgerVersion is the version from which gaps have a table.
const ledgerVersion = 7

// markGaps makes the next sync fetch what is missing.
func (s *salvage) markGaps(tx *gorm.DB) error {
	for conversation, span := range s.gaps {
		var below, above int64
		err := queryRow(tx, `SELECT coalesce((SELECT max(id) FROM messages WHERE conversation_id = ? AND id < ?), 0),
			coalesce((SELECT min(id) FROM messages WHERE conversation_id = ? AND id > ?), 0)`,
			conversation, span.oldest, conversation, span.newest).Scan(&below, &above)
		if err != nil {
			return err
		}
		if err := s.markGap(tx, conversation, below, above); err != nil {
			return err
		}
	}
	return exec(tx, `UPDATE conversations SET ledger_newest = coalesce((SELECT max(id) FROM messages WHERE conversation_id = conversations.id), 0),
		ledger_oldest = coalesce((SELECT min(id) FROM messages WHERE conversation_id = conversations.id), 0)
		WHERE ledger_newest <> 0 AND NOT EXISTS (SELECT 1 FROM messages WHERE id = ledger_newest AND conversation_id = conversations.id)
		OR ledger_oldest <> 0 AND NOT EXISTS (SELECT 1 FROM messages WHERE id = ledger_oldest AND conversation_id = conversations.id)`)
}

// markGap notes that messages are missing between two, of which zero stands for none.
func (s *salvage) markGap(tx *gorm.DB, conversation, below, above int64) error {
	if err := exec(tx, "UPDATE conversations SET ledger_needs_fetch = 1 WHERE id = ?", conversation); err != nil {
		return err
	}
	if s.version < ledgerVersion {
		return exec(tx, "UPDATE conversations SET ledger_gap_before = ? WHERE id = ?", above, conversation)
	}
	if below == 0 || above == 0 { // at an end of what is held: what is complete ends there too
		return exec(tx, `UPDATE conversations SET ledger_complete_from = max(ledger_complete_from, ?),
			ledger_complete_to = iif(? = 0, min(ledger_complete_to, ?), ledger_complete_to), ledger_reached_beginning = iif(? = 0, 0, ledger_reached_beginning)
			WHERE id = ?`, above, above, below, below, conversation)
	}
	err := exec(tx, "INSERT OR IGNORE INTO ledger_gaps (conversation_id, below, above, cause, found_at) VALUES (?, ?, ?, ?, ?)",
		conversation, below, above, string(model.GapCut), int64(s.target.stamp()))
	if err != nil {
		return err
	}
	return exec(tx, `UPDATE conversations SET ledger_complete_to = min(ledger_complete_to, ?), ledger_proven_to = min(ledger_proven_to, ?) WHERE id = ?`,
		below, below, conversation)
}

// reference is one column that refers to a row of another table.
type reference struct {
	table, column, parent, key, onDelete string
}

// dropOrphans removes the rows that refer to what is lost, or cuts the
// reference where the schema says so. Going once more finds what that orphaned.
func (s *salvage) dropOrphans(tx *gorm.DB) error {
	var list []reference
	for _, t := range s.order {
		err := eachRow(tx, func(rows *sql.Rows) error {
			r := reference{table: t.name}
			var key sql.NullString
			if err := rows.Scan(&r.parent, &r.column, &key, &r.onDelete); err != nil {
				return err
			}
			r.key = "id"
			if key.Valid {
				r.key = key.String
			}
			list = append(list, r)
			return nil
		}, `SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?)`, t.name)
		if err != nil {
			return err
		}
	}
	for changed := true; changed; {
		changed = false
		for _, r := range list {
			where := fmt.Sprintf(`"%s" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "%s" AS parent WHERE parent."%s" = "%s"."%s")`,
				r.column, r.parent, r.key, r.table, r.column)
			statement := fmt.Sprintf(`DELETE FROM "%s" WHERE %s`, r.table, where)
			if r.onDelete == "SET NULL" {
				statement = fmt.Sprintf(`UPDATE "%s" SET "%s" = NULL WHERE %s`, r.table, r.column, where)
			}
			n, err := execCount(tx, statement)
			if err != nil {
				return err
			}
			changed = changed || n > 0
			if r.onDelete != "SET NULL" {
				s.report.Dropped += int64(n)
				s.tables[r.table].recovered -= int64(n)
			}
		}
	}
	return nil
}

// finish makes a store of this version of what was recovered, fills in what a
// backup has, and proves that the result is sound.
func (s *salvage) finish(ctx context.Context) (err error) {
	s.file = nil
	made, err := Open(ctx, Options{Path: s.o.To, Now: s.o.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, made.Close()) }()
	if s.o.Copy != "" {
		s.tellAt(model.SalvageFilling)
		filled, err := made.FillFrom(ctx, s.o.Copy)
		if err != nil {
			return err
		}
		s.takeFilled(filled)
	}
	if s.report.Asks, err = made.Distrust(ctx); err != nil {
		return err
	}
	for i := range s.report.Tables {
		t := &s.report.Tables[i]
		s.report.RecoveredRows += t.Recovered
		s.report.LostRows += t.Lost
	}
	s.tellAt(model.SalvageCheck)
	if err := made.CheckBeside(ctx); err != nil {
		return err
	}
	return made.Settle(ctx)
}

func (s *salvage) takeFilled(filled map[string]int64) {
	for i := range s.report.Tables {
		t := &s.report.Tables[i]
		t.FromCopy = filled[t.Name]
		t.Lost = max(0, t.Lost-t.FromCopy)
	}
}

func (s *salvage) tellAt(phase model.SalvagePhase) {
	s.o.Progress(model.SalvageProgress{Phase: phase, Done: int64(s.report.Pages), Total: int64(s.report.Pages), Rows: s.rows})
}

// Distrust makes every outgoing message that had not ended unknown, and every
// action ask, and returns how many that were. It is for stores that may be older than
// what was sent since: nothing of them goes out without the owner's word.
func (s *Store) Distrust(ctx context.Context) (int64, error) {
	total := 0
	err := s.write(ctx, "distrust outgoing messages", func(tx *gorm.DB) error {
		n, err := execCount(tx, `UPDATE outbox SET state = 'unknown', attempted_at = max(attempted_at, created_at), finished_at = ?,
			asks = 0, not_found = 0, looks = 0, looked_at = 0 WHERE state IN ('queued', 'sending') AND kind IN `+messageKinds, int64(s.stamp()))
		if err != nil {
			return err
		}
		total = n
		n, err = execCount(tx, "UPDATE outbox SET state = 'queued', asks = 1 WHERE state = 'sending' OR state = 'queued' AND asks = 0")
		total += n
		return err
	})
	return int64(total), err
}

// Settle moves the write-ahead log into the file and waits for the disk, so that the file
// by itself is the whole store.
func (s *Store) Settle(ctx context.Context) error {
	if s.writer == nil {
		return fmt.Errorf("settle the store: %w", ErrReadOnly)
	}
	return wrap(ctx, "settle the store", s.mover.alone(func() error {
		db := s.writer.WithContext(ctx)
		var busy, frames, moved int
		err := exec(db, "PRAGMA synchronous = FULL")
		if err == nil {
			err = queryRow(db, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
		}
		if err == nil && busy != 0 {
			err = ErrBusy
		}
		return errors.Join(err, exec(db, "PRAGMA synchronous = NORMAL"))
	}))
}

// FillFrom adds the rows of another store of the same history that are not here,
// and returns how many of each table. Rows that are here stay as they are.
func (s *Store) FillFrom(ctx context.Context, path string) (map[string]int64, error) {
	filled := map[string]int64{}
	if s.writer == nil {
		return nil, fmt.Errorf("fill in from a backup: %w", ErrReadOnly)
	}
	err := s.writer.WithContext(ctx).Connection(func(conn *gorm.DB) (err error) {
		if err := exec(conn, "ATTACH DATABASE ? AS other", "file:"+escapePath(path)+"?mode=ro"); err != nil {
			return err
		}
		defer func() {
			err = errors.Join(err, exec(conn.WithContext(context.WithoutCancel(ctx)), "DETACH DATABASE other"))
		}()
		var version int
		if err := queryRow(conn, "PRAGMA other.user_version").Scan(&version); err != nil {
			return err
		}
		if version != SchemaVersion {
			return fmt.Errorf("%w: schema %d", ErrOlderSchema, version)
		}
		return conn.Transaction(func(tx *gorm.DB) error { return fillTables(tx, filled) })
	})
	return filled, wrap(ctx, "fill in from a backup", err)
}

func fillTables(tx *gorm.DB, filled map[string]int64) error {
	tables, err := readTables(tx)
	if err != nil {
		return err
	}
	// References are checked at the end: the tables come in any order.
	if err := exec(tx, "PRAGMA defer_foreign_keys = ON"); err != nil {
		return err
	}
	for _, t := range tables {
		if t.name == "meta" {
			continue
		}
		names := make([]string, len(t.columns))
		for i, c := range t.columns {
			names[i] = `"` + c.name + `"`
		}
		columns := strings.Join(names, ", ")
		n, err := execCount(tx, fmt.Sprintf(`INSERT OR IGNORE INTO main."%s" (%s) SELECT %s FROM other."%s"`, t.name, columns, columns, t.name))
		if err != nil {
			return err
		}
		filled[t.name] = int64(n)
	}
	s := &salvage{order: tables, tables: map[string]*salvageTable{}}
	for _, t := range tables {
		s.tables[t.name] = t
	}
	return s.dropOrphans(tx)
}
