package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/glebarez/go-sqlite"
	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// The errors that a caller can tell apart with errors.Is.
var (
	// ErrNotFound says that no such row, or no such file, is held.
	ErrNotFound = errors.New("not found in the store")
	// ErrOlderSchema says that the file must be opened for writing once, which
	// brings it up to date. It comes together with ErrReadOnly.
	ErrOlderSchema = errors.New("the store was written by an older version")
	// ErrNewerSchema says that a newer version of the program wrote the file. Nothing was touched.
	ErrNewerSchema = error(&problem{"the store was written by a newer version", model.ProblemStoreNewer})
	// ErrReadOnly says that the file or its folder cannot be written.
	ErrReadOnly = error(&problem{"the store cannot be written", model.ProblemReadOnly})
	// ErrFull says that no space is left for the file.
	ErrFull = error(&problem{"no space left for the store", model.ProblemDiskFull})
	// ErrCorrupt says that the file is damaged or no store at all.
	ErrCorrupt = error(&problem{"the store is damaged", model.ProblemStoreCorrupt})
	// ErrForeign says that the file is sound but none of ours. Nothing was touched.
	ErrForeign = error(&problem{"the file is no store of this program", model.ProblemStoreForeign})
	// ErrDisk says that the disk could not read or write.
	ErrDisk = error(&problem{"the disk failed", model.ProblemDiskFailed})
	// ErrBusy says that another process, or another bulk import, holds the store.
	ErrBusy = error(&problem{"the store is in use", model.ProblemStore})
	// ErrConflict says that a row is not in a state that allows the change.
	ErrConflict = errors.New("the state does not allow it")
)

// problem is an error with a meaning for the owner. It says so itself, because
// the engine, which tells of it first, does not know this package.
type problem struct {
	text string
	kind model.ProblemKind
}

func (p *problem) Error() string { return p.text }

// ProblemKind returns what the owner is told.
func (p *problem) ProblemKind() model.ProblemKind { return p.kind }

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const (
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
)

// wrap says what was being done and puts one of the errors above in front of
// the cause. It is called in one place for each kind of handle use, so that no
// error of the driver leaves the package bare.
func wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	// An interrupted statement reports itself in several ways; the reason is the context's.
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%s: %w", doing, cause)
	}
	kind := kindOf(err)
	if kind == nil || errors.Is(err, kind) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, kind, err)
}

// kindOf returns the error of this package that an error amounts to, nil when there is none.
func kindOf(err error) error {
	for _, kind := range []error{ErrNotFound, ErrNewerSchema, ErrReadOnly, ErrFull, ErrCorrupt, ErrForeign, ErrDisk, ErrBusy, ErrConflict} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows), errors.Is(err, fs.ErrNotExist):
		return ErrNotFound
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrReadOnly
	case errors.Is(err, syscall.ENOSPC):
		return ErrFull
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return nil
	}
	switch failure.Code() & 0xff {
	case codeBusy, codeLocked:
		return ErrBusy
	case codeReadOnly, codeCantOpen:
		return ErrReadOnly
	case codeIO:
		return ErrDisk
	case codeFull:
		return ErrFull
	case codeCorrupt, codeNotADB:
		return ErrCorrupt
	}
	return nil
}
