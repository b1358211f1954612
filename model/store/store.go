package store

import (
	"context"
	"time"

	"github.com/sirupsen/logrus"
	"gorm.io/gorm"
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
}

// Store is an open store. Make it with Open, end it with Close.
type Store struct {
	options Options
	writer  *gorm.DB // nil when read-only; one connection
	reader  *gorm.DB
}

// Open opens or creates the store, brings its schema up to date and heals what a kill left unfinished.
func Open(ctx context.Context, o Options) (*Store, error) { return nil, errNotWritten }

// Close ends both handles. Calls that still run fail.
func (s *Store) Close() error { return errNotWritten }

// Changes returns how many rows the writer has changed since the store was opened.
func (s *Store) Changes(ctx context.Context) (int64, error) { return 0, errNotWritten }

// Check verifies the file, its references and its full-text index.
func (s *Store) Check(ctx context.Context) error { return errNotWritten }

// Size returns the bytes that the store takes on the disk, its write-ahead log included.
func (s *Store) Size() (int64, error) { return 0, errNotWritten }

// BulkImport runs fill with the full-text index switched off, and builds the index in one go afterwards,
// which is several times faster for a first import. SaveMessages is used inside fill as ever; searches find
// what was held before until fill ends. The index is built also when fill fails, and at the next Open when
// the process is killed in between. A second import at the same time is ErrBusy.
func (s *Store) BulkImport(ctx context.Context, fill func(context.Context) error) error {
	return errNotWritten
}
