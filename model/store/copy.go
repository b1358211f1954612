package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// CopyTo writes what the store holds at one moment to a new file (0600), while
// others go on reading and writing. progress is called now and then with the
// bytes that are written so far and about how many there will be. What is left
// after an error is removed.
func (s *Store) CopyTo(ctx context.Context, path string, progress func(done, total int64)) (err error) {
	const doing = "copy the store"
	if err := RemoveStore(path); err != nil {
		return wrap(ctx, doing, err)
	}
	if err := prepareFile(path); err != nil {
		return wrap(ctx, doing, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, RemoveStore(path))
		}
	}()
	// A connection of its own, because those of the pool may not write at all.
	pool, err := sql.Open(sqlite.DriverName, "file:"+escapePath(s.path)+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return wrap(ctx, doing, err)
	}
	pool.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, pool.Close()) }()
	total, err := s.Size()
	if err != nil {
		return err
	}
	if progress != nil {
		stop := watchSize(path, total, progress)
		defer stop()
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", path)
	return wrap(ctx, doing, err)
}

// watchSize tells how large a file has become until stop is called, which waits
// for the goroutine.
func watchSize(path string, total int64, tell func(done, total int64)) (stop func()) {
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				if info, err := os.Stat(path); err == nil {
					tell(min(info.Size(), total), total)
				}
			}
		}
	}()
	return func() { close(end); <-done }
}

// Content is what a file holds.
type Content struct {
	Schema   int
	Counts   map[string]int64 // rows of each table
	NewestAt model.Stamp      // of the newest message
}

// ReadContent counts what a store of any version holds, without changing it. A
// file that is no store is ErrForeign or ErrCorrupt.
func ReadContent(ctx context.Context, path string) (c Content, err error) {
	const doing = "count what the store holds"
	if _, err := os.Stat(path); err != nil {
		return c, wrap(ctx, doing, err)
	}
	db, err := connectReader(ctx, path)
	if err != nil {
		return c, wrap(ctx, doing, err)
	}
	defer func() { err = errors.Join(err, disconnect(db)) }()
	db = db.WithContext(ctx)
	return c, wrap(ctx, doing, func() error {
		if c.Schema, err = schemaVersion(db); err != nil {
			return err
		}
		if c.Schema == 0 {
			return errors.Join(refuseForeign(db), fmt.Errorf("%w: it is empty", ErrForeign))
		}
		if err := checkVersion(c.Schema); err != nil {
			return err
		}
		return db.Transaction(func(tx *gorm.DB) error { return c.count(tx) })
	}())
}

func (c *Content) count(tx *gorm.DB) error {
	tables, err := readTables(tx)
	if err != nil {
		return err
	}
	c.Counts = map[string]int64{}
	for _, t := range tables {
		if t.name == "meta" {
			continue
		}
		var n int64
		if err := queryRow(tx, `SELECT count(*) FROM "`+t.name+`"`).Scan(&n); err != nil {
			return err
		}
		c.Counts[t.name] = n
	}
	var newest int64
	if err := queryRow(tx, "SELECT coalesce(max(id), 0) FROM messages").Scan(&newest); err != nil {
		return err
	}
	c.NewestAt = model.StampUnix(newest >> 20)
	return nil
}

// Content is ReadContent of this store.
func (s *Store) Content(ctx context.Context) (Content, error) {
	c := Content{Schema: SchemaVersion}
	err := s.read(ctx, "count what the store holds", func(tx *gorm.DB) error { return tx.Transaction(c.count) })
	return c, err
}
