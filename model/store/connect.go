package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Sizes of the handles. Page caches are filled as needed; the readers' is per connection.
const (
	readerConnections = 4
	writerCacheKiB    = 32_000
	readerCacheKiB    = 16_000
)

// access is a way to open the file.
type access int

const (
	readWrite access = iota
	readOnly
	// immutable reads without any lock or log: only right for a file that nobody can be writing.
	immutable
)

// sourceName builds the driver's name for a file. The path is escaped, because
// ?, # and % in it would otherwise open another file and lose the pragmas.
func sourceName(path string, how access) string {
	q := url.Values{}
	pragma := func(name string, value any) { q.Add("_pragma", fmt.Sprintf("%s(%v)", name, value)) }
	pragma("busy_timeout", 5000) // milliseconds; first, since the others may have to wait
	pragma("foreign_keys", 1)
	switch how {
	case readWrite:
		q.Set("_txlock", "immediate")
		pragma("journal_mode", "WAL")
		pragma("synchronous", "NORMAL")
		pragma("cache_size", -writerCacheKiB)
		pragma("journal_size_limit", logKept)
		pragma("wal_autocheckpoint", logPages)
	case readOnly, immutable:
		q.Set("mode", "ro")
		if how == immutable {
			q.Set("immutable", "1")
		}
		pragma("query_only", 1)
		pragma("cache_size", -readerCacheKiB)
	}
	return "file:" + escapePath(path) + "?" + q.Encode()
}

// escapePath writes a path as it stands in a file's name for SQLite.
func escapePath(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	return u.EscapedPath()
}

// connect opens one handle and proves that it works.
func connect(ctx context.Context, path string, how access, connections int) (*gorm.DB, error) {
	pool, err := sql.Open(sqlite.DriverName, sourceName(path, how))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	// Reading the schema version reads the file's first page, so that a file
	// that cannot be read or is no database is found here.
	var version int
	if err := pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	// Values of statements would end in a log, so nothing is logged by GORM.
	db, err := gorm.Open(sqlite.Dialector{Conn: pool}, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
	})
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// connectReader opens the pool of readers. Reading a file in WAL mode needs its
// -wal and -shm files, which SQLite makes when they are missing; where the
// folder does not allow that and no log exists, everything is in the main file,
// and it can be read as it is.
func connectReader(ctx context.Context, path string) (*gorm.DB, error) {
	db, err := connect(ctx, path, readOnly, readerConnections)
	if err == nil || !errors.Is(kindOf(err), ErrReadOnly) {
		return db, err
	}
	if _, statErr := os.Stat(path + "-wal"); !errors.Is(statErr, fs.ErrNotExist) {
		return nil, err
	}
	return connect(ctx, path, immutable, readerConnections)
}

// disconnect closes a handle; nil is none.
func disconnect(db *gorm.DB) error {
	if db == nil {
		return nil
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// prepareFile makes the folder (0700) and the file (0600). SQLite would make
// the file readable by everybody; its -wal and -shm files take over its mode.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
