package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// Options say where the store is and how it is opened.
type Options struct {
	// Path is the file. Its folder is created (0700) when it is missing.
	Path string
	// ReadOnly opens without any right to write, beside a process that may be writing.
	ReadOnly bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log gets what happens at opening and healing; nil means silence.
	Log *logrus.Entry
	// OnTrouble hears of a call that failed for the file or its disk: ErrFull,
	// ErrReadOnly, ErrDisk, ErrCorrupt; and nil when a write works again after
	// that. It is called on the goroutine of the call and must not block.
	OnTrouble func(error)
}

// Store is an open store. Make it with Open, end it with Close.
type Store struct {
	path   string
	now    func() time.Time
	log    *logrus.Entry
	writer *gorm.DB // nil when read-only; one connection
	reader *gorm.DB
	mover  *logMover   // nil where nothing is written
	bulk   atomic.Bool // a bulk import runs

	searchTime time.Duration // how long one step of a search may take

	onTrouble func(error)
	troubled  atomic.Bool // the last trouble was told of, and no write has worked since
}

// Open opens or creates the store, brings its schema up to date and heals what
// a kill left unfinished. A read-only store must exist and be up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	s := &Store{path: path, now: o.Now, log: o.Log, searchTime: searchTime, onTrouble: o.OnTrouble}
	if s.now == nil {
		s.now = time.Now
	}
	if o.ReadOnly {
		err = s.openReadOnly(ctx)
	} else {
		err = s.openWritable(ctx)
	}
	if err != nil {
		return nil, wrap(ctx, "open the store", errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) openReadOnly(ctx context.Context) error {
	if _, err := os.Stat(s.path); err != nil {
		return err
	}
	var err error
	if s.reader, err = connectReader(ctx, s.path); err != nil {
		return err
	}
	version, err := schemaVersion(s.reader.WithContext(ctx))
	if err != nil {
		return err
	}
	if version < SchemaVersion {
		return fmt.Errorf("%w: %w: schema %d must first be brought to %d", ErrReadOnly, ErrOlderSchema, version, SchemaVersion)
	}
	return checkVersion(version)
}

func (s *Store) openWritable(ctx context.Context) error {
	if err := refuseNewer(ctx, s.path); err != nil {
		return err
	}
	if err := prepareFile(s.path); err != nil {
		return err
	}
	var err error
	if s.writer, err = connect(ctx, s.path, readWrite, 1); err != nil {
		return err
	}
	if err := s.healBulk(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if s.reader, err = connect(ctx, s.path, readOnly, readerConnections); err != nil {
		return err
	}
	s.mover, err = moveLog(ctx, s.path, s.log)
	return err
}

// refuseNewer looks at an existing file through a handle that cannot write:
// opening for writing would already change a file that is not ours to change.
func refuseNewer(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return nil // not there yet; anything else shows itself at the next step
	}
	db, err := connectReader(ctx, path)
	if err != nil {
		return err
	}
	version, err := schemaVersion(db.WithContext(ctx))
	if err == nil {
		err = checkVersion(version)
	}
	if err == nil && version == 0 {
		err = refuseForeign(db.WithContext(ctx))
	}
	return errors.Join(err, disconnect(db))
}

// Close ends the handles and what runs beside them. Calls that still run fail. A second
// Close does nothing.
func (s *Store) Close() error {
	err := errors.Join(s.mover.stop(), disconnect(s.reader), disconnect(s.writer))
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// read runs f on the pool of readers.
func (s *Store) read(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	return s.told(wrap(ctx, doing, f(s.reader.WithContext(ctx))), false)
}

// told passes an error on, and tells of trouble with the file or its disk.
func (s *Store) told(err error, wrote bool) error {
	if s.onTrouble == nil {
		return err
	}
	if err == nil {
		if wrote && s.troubled.CompareAndSwap(true, false) {
			s.onTrouble(nil)
		}
		return nil
	}
	for _, kind := range []error{ErrCorrupt, ErrFull, ErrReadOnly, ErrDisk} {
		if errors.Is(err, kind) {
			s.troubled.Store(true)
			s.onTrouble(kind)
			break
		}
	}
	return err
}

// write runs f in one immediate transaction. Every write goes through it or
// through writeDurably, because the driver may skip a statement silently when
// the context ends: only the commit tells then.
func (s *Store) write(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	if s.writer == nil {
		return fmt.Errorf("%s: %w", doing, ErrReadOnly)
	}
	err := s.writer.WithContext(ctx).Transaction(f)
	s.mover.wrote()
	return s.told(wrap(ctx, doing, err), true)
}

// writeDurably is write, and what was committed has reached the disk when it returns.
//
// With synchronous=NORMAL a commit in WAL mode survives the death of the
// process but not a power cut, which may take the last transactions back. FULL
// makes the commit wait for the disk. The pragma does nothing inside of a
// transaction, so it is set around it, on the writer's only connection, which
// is held meanwhile.
func (s *Store) writeDurably(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	if s.writer == nil {
		return fmt.Errorf("%s: %w", doing, ErrReadOnly)
	}
	err := s.writer.WithContext(ctx).Connection(func(conn *gorm.DB) error {
		if err := conn.Exec("PRAGMA synchronous = FULL").Error; err != nil {
			return err
		}
		var mode int
		if err := queryRow(conn, "PRAGMA synchronous").Scan(&mode); err != nil {
			return err
		}
		const full = 2
		var err error
		if mode != full {
			err = fmt.Errorf("synchronous is %d instead of %d", mode, full)
		} else {
			err = conn.Transaction(f)
		}
		back := conn.WithContext(context.WithoutCancel(ctx)).Exec("PRAGMA synchronous = NORMAL").Error
		return errors.Join(err, back)
	})
	s.mover.wrote()
	return s.told(wrap(ctx, doing, err), true)
}

// Changes returns how many rows the writer has changed since the store was opened.
func (s *Store) Changes(ctx context.Context) (int64, error) {
	if s.writer == nil {
		return 0, nil
	}
	var n int64
	err := queryRow(s.writer.WithContext(ctx), "SELECT total_changes()").Scan(&n)
	return n, wrap(ctx, "count changes", err)
}

// Check verifies the file, its references and, when it can write, that the
// full-text indexes hold exactly the texts and names. A fault is ErrCorrupt.
func (s *Store) Check(ctx context.Context) error {
	err := s.read(ctx, "check the store", checkPages)
	if err != nil || s.writer == nil || s.bulk.Load() {
		return err
	}
	return s.write(ctx, "check the full-text indexes", func(tx *gorm.DB) error {
		for _, table := range []string{"messages_fts", "contacts_fts", "conversations_fts"} {
			if err := exec(tx, "INSERT INTO "+table+" ("+table+", rank) VALUES ('integrity-check', 1)"); err != nil {
				return err
			}
		}
		return nil
	})
}

// Size returns the bytes that the store takes on the disk, its write-ahead log included.
func (s *Store) Size() (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, fmt.Errorf("measure the store: %w", err)
	}
	size := info.Size()
	if info, err := os.Stat(s.path + "-wal"); err == nil {
		size += info.Size()
	}
	return size, nil
}

// stamp returns the clock's time.
func (s *Store) stamp() model.Stamp { return model.StampOf(s.now()) }

// logInfo logs a sentence without values, when a log was given.
func (s *Store) logInfo(sentence string) {
	if s.log != nil {
		s.log.Info(sentence)
	}
}

// exec runs a statement in the transaction without GORM's building of it.
func exec(tx *gorm.DB, statement string, args ...any) error {
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement, args...)
	return err
}

// execCount is exec, and returns how many rows were changed.
func execCount(tx *gorm.DB, statement string, args ...any) (int, error) {
	result, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, statement, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// queryRow runs a query of one row.
func queryRow(tx *gorm.DB, query string, args ...any) *sql.Row {
	return tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, query, args...)
}

// eachRow runs a query and calls f for each row.
func eachRow(tx *gorm.DB, f func(rows *sql.Rows) error, query string, args ...any) (err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
