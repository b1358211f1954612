package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/pages"
)

// SalvageOptions say what is salvaged and where to.
type SalvageOptions struct {
	From string // the damaged file; it is only read, with the log beside it
	To   string // the new file; one that is there is taken for the rest of a salvage that was killed
	// Copy is a sound store of an earlier day that fills in what is lost; "" for none.
	Copy     string
	Now      func() time.Time // nil means time.Now
	Progress func(model.SalvageProgress)
}

// Salvage makes a new store of everything in a damaged one that can still be
// read. It does not use SQLite to read, since one bad page may hide a whole
// table from it: the pages are walked one by one, and the rows of pages whose
// way from the root is broken are told by their shape.
//
// A file that holds no row of ours is ErrForeign, unless a copy fills it in; one of a newer version is
// ErrNewerSchema. When it fails or is cancelled, To may be left half made and is
// of no use; From is as it was. Outgoing messages that had not ended are unknown
// in the new store, so that nothing is sent that was sent already.
func Salvage(ctx context.Context, o SalvageOptions) (report model.SalvageReport, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(model.SalvageProgress) {}
	}
	began := time.Now()
	s := &salvage{o: o, tables: map[string]*salvageTable{}, gaps: map[int64]lostSpan{}}
	if err := s.run(ctx); err != nil {
		return s.report, wrap(ctx, "salvage the store", err)
	}
	if err := s.finish(ctx); err != nil {
		return s.report, wrap(ctx, "salvage the store", err)
	}
	s.report.At = model.StampOf(o.Now())
	s.report.DurationMS = time.Since(began).Milliseconds()
	return s.report, nil
}

// lostSpan is from the oldest to the newest of messages that are lost.
type lostSpan struct{ oldest, newest int64 }

// salvage is one run.
type salvage struct {
	o       SalvageOptions
	file    *pages.File
	schema  []pages.Object
	version int
	target  *Store
	tables  map[string]*salvageTable
	order   []*salvageTable
	insert  *inserter
	gaps    map[int64]lostSpan // of each conversation, between which messages some are lost
	report  model.SalvageReport
	rows    int64
}

func (s *salvage) run(ctx context.Context) (err error) {
	if s.file, err = pages.Open(s.o.From); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.file.Close()) }()
	if s.schema, err = s.file.Schema(ctx); err != nil {
		return err
	}
	if err := s.identify(ctx); err != nil {
		return err
	}
	s.report.Schema, s.report.Pages = s.version, s.file.Count()
	if err := s.makeTarget(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.target.Close()) }()
	if err := s.copyRows(ctx); err != nil {
		return err
	}
	if s.rows == 0 && !s.ours() && s.o.Copy == "" {
		return fmt.Errorf("%w: nothing of ours is in it", ErrForeign)
	}
	if err := s.target.write(ctx, "settle what was recovered", s.settle); err != nil {
		return err
	}
	s.tell(model.SalvageIndex)
	return s.target.write(ctx, "build the full-text index", rebuildIndex)
}

// ours tells whether the schema that can be read is ours: it has some names
// that hardly another program has together.
func (s *salvage) ours() bool {
	names := []string{
		"conversations", "conversations_list", "messages_fts", "messages_page", "message_versions", "group_participants",
		"outbox", "outbox_state", "contacts_list", "identities", "activity_at",
	}
	found := 0
	for _, o := range s.schema {
		if slices.Contains(names, o.Name) {
			found++
		}
	}
	return found >= 3
}

// identify finds the version of the schema. The list of steps in the file is
// believed before the number in the header, a single damaged byte.
func (s *salvage) identify(ctx context.Context) error {
	newer, err := s.readSteps(ctx)
	if err != nil {
		return err
	}
	told := s.file.UserVersion()
	switch {
	case newer, s.version == 0 && told > SchemaVersion && s.ours():
		return fmt.Errorf("%w: schema %d, known up to %d", ErrNewerSchema, told, SchemaVersion)
	case s.version == 0 && told > 0 && told <= SchemaVersion:
		s.version = told
	case s.version == 0:
		s.version = SchemaVersion
	}
	if s.file.HasHeader() && len(s.schema) > 0 && s.file.Damage().Pages == 0 && !s.ours() {
		return fmt.Errorf("%w: it is a database of another program", ErrForeign)
	}
	return nil
}

// readSteps reads the list of steps, and tells whether one is of a newer version.
func (s *salvage) readSteps(ctx context.Context) (newer bool, err error) {
	for _, object := range s.schema {
		if object.Type != "table" || object.Name != "schema_migrations" {
			continue
		}
		err := s.file.Walk(ctx, object.Root, pages.Table, func(row pages.Row) error {
			newer = s.takeStep(row) || newer
			return nil
		})
		if err != nil {
			return newer, err
		}
	}
	return newer, nil
}

// takeStep takes a row of the list of steps, and tells whether it is a step of a newer version.
func (s *salvage) takeStep(row pages.Row) (newer bool) {
	if len(row.Values) == 0 {
		return false
	}
	name, _ := row.Values[0].(string)
	i := slices.Index(migrationNames(), name)
	s.version = max(s.version, i+1)
	return i < 0 && looksLikeStep(name)
}

// looksLikeStep tells whether a text is the name of a step of a schema, as 0042_more.
func looksLikeStep(name string) bool {
	if len(name) < 6 || name[4] != '_' {
		return false
	}
	for _, c := range []byte(name[:4]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return name[:4] > migrationNames()[SchemaVersion-1][:4]
}

// RemoveStore removes a store's file and those beside it; none of them is no error.
func RemoveStore(path string) error {
	for _, end := range []string{"-journal", "-shm", "-wal", ""} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove an unfinished store: %w", err)
		}
	}
	return nil
}

// makeTarget makes the new file with the schema of the damaged one. Its index
// stays off until all rows are in.
func (s *salvage) makeTarget(ctx context.Context) error {
	if err := RemoveStore(s.o.To); err != nil {
		return err
	}
	if err := prepareFile(s.o.To); err != nil {
		return err
	}
	s.target = &Store{path: s.o.To, now: s.o.Now}
	var err error
	if s.target.writer, err = connect(ctx, s.o.To, readWrite, 1); err != nil {
		return err
	}
	db := s.target.writer.WithContext(ctx)
	// A kill throws the file away, so nothing of it need be safe before its end.
	for _, pragma := range []string{"journal_mode = MEMORY", "locking_mode = EXCLUSIVE", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"} {
		if err := exec(db, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	if err := s.target.migrateTo(ctx, s.version); err != nil {
		return err
	}
	if _, err := switchIndexOff(db); err != nil {
		return err
	}
	s.order, err = readTables(db)
	for _, t := range s.order {
		s.tables[t.name] = t
	}
	return err
}

// copyRows brings over everything that can be read.
func (s *salvage) copyRows(ctx context.Context) error {
	s.insert = &inserter{db: s.target.writer}
	err := s.copyTables(ctx)
	if err == nil {
		err = s.copyOrphans(ctx)
	}
	if err == nil {
		err = s.findLost(ctx)
	}
	err = s.insert.close(err)
	damage := s.file.Damage()
	s.report.BrokenPages, s.report.BrokenRows = damage.Pages, damage.Rows
	return err
}

func (s *salvage) tell(phase model.SalvagePhase) {
	s.o.Progress(model.SalvageProgress{Phase: phase, Done: int64(s.file.Seen()), Total: int64(s.file.Count()), Rows: s.rows})
}

// tellEvery is how many rows are recovered between two signs of progress.
const tellEvery = 5000

func (s *salvage) copyTables(ctx context.Context) error {
	sequences := map[string]int64{}
	for _, object := range s.schema {
		if object.Type != "table" {
			continue
		}
		if object.Name == "sqlite_sequence" {
			if err := s.readSequences(ctx, object.Root, sequences); err != nil {
				return err
			}
			continue
		}
		t, ok := s.tables[object.Name]
		if !ok || t.found {
			continue
		}
		t.found = true
		kind := pages.Table
		if t.withoutRowID {
			kind = pages.Index
		}
		err := s.file.Walk(ctx, object.Root, kind, func(row pages.Row) error {
			_, err := s.take(ctx, t, row)
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.insert.run(ctx, func(tx *gorm.DB) error {
		for name, seq := range sequences {
			// An AUTOINCREMENT table without a row has no entry yet.
			if err := exec(tx, "INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)", name, name); err != nil {
				return err
			}
			if err := exec(tx, "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", seq, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *salvage) readSequences(ctx context.Context, root uint32, into map[string]int64) error {
	return s.file.Walk(ctx, root, pages.Table, func(row pages.Row) error {
		if len(row.Values) != 2 {
			return nil
		}
		name, _ := row.Values[0].(string)
		seq, ok := row.Values[1].(int64)
		if t := s.tables[name]; ok && t != nil && seq > 0 && seq < 1<<40 {
			into[name] = seq
		}
		return nil
	})
}

// take puts a row into the new file when it is one of the table.
func (s *salvage) take(ctx context.Context, t *salvageTable, row pages.Row) (bool, error) {
	args, ok := t.arguments(row)
	if !ok {
		t.refused++
		return false, nil
	}
	added, err := s.insert.row(ctx, t, len(row.Values), args)
	if err != nil || !added {
		return false, err
	}
	t.recovered++
	if !t.withoutRowID {
		t.ids = append(t.ids, row.ID)
	}
	if s.rows++; s.rows%tellEvery == 0 {
		s.tell(model.SalvageReading)
	}
	return true, nil
}

// copyOrphans looks for rows that no root leads to, when anything is broken.
func (s *salvage) copyOrphans(ctx context.Context) error {
	whole := s.ours() && len(s.order) > 0
	for _, t := range s.order {
		whole = whole && t.found
	}
	if whole && s.file.Damage().Pages == 0 {
		return nil
	}
	if !s.file.SkipFree(ctx) {
		s.report.Guessed = true
	}
	s.report.Guessed = s.report.Guessed || !whole
	return s.file.Orphans(ctx, func(row pages.Row) error {
		t := s.guess(row)
		if t == nil {
			return nil
		}
		_, err := s.take(ctx, t, row)
		return err
	})
}

// leastGuessed is how many columns a row must have to be told by its shape.
const leastGuessed = 5

// guess returns the table that a row fits best, nil when it fits none.
func (s *salvage) guess(row pages.Row) *salvageTable {
	if len(row.Values) < leastGuessed {
		return nil
	}
	var best *salvageTable
	for _, t := range s.order {
		if t.withoutRowID || len(row.Values) > len(t.columns) {
			continue
		}
		if _, ok := t.arguments(row); !ok {
			continue
		}
		if best == nil || len(t.columns) < len(best.columns) {
			best = t
		}
	}
	return best
}

// findLost compares what was recovered with the row numbers that the indexes hold.
func (s *salvage) findLost(ctx context.Context) error {
	s.tell(model.SalvageLooking)
	for _, object := range s.schema {
		t := s.tables[object.Table]
		if object.Type != "index" || t == nil || t.withoutRowID || !t.counted[object.Name] {
			continue
		}
		slices.Sort(t.ids)
		lost := map[int64]bool{}
		err := s.file.Walk(ctx, object.Root, pages.Index, func(row pages.Row) error {
			id, ok := row.Values[len(row.Values)-1].(int64)
			if !ok {
				return nil
			}
			if _, held := slices.BinarySearch(t.ids, id); held {
				return nil
			}
			lost[id] = true
			if conversation, ok := row.Values[0].(int64); ok && t.name == "messages" {
				span, known := s.gaps[conversation]
				if !known {
					span = lostSpan{id, id}
				}
				s.gaps[conversation] = lostSpan{min(span.oldest, id), max(span.newest, id)}
			}
			return nil
		})
		if err != nil {
			return err
		}
		t.lost = max(t.lost, int64(len(lost)))
	}
	return nil
}
