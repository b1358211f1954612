package store

import "errors"

// The errors that a caller can tell apart with errors.Is.
var (
	// ErrNotFound says that no such row is held.
	ErrNotFound = errors.New("not found in the store")
	// ErrNewerSchema says that a newer version of the program wrote the file. Nothing was touched.
	ErrNewerSchema = errors.New("the store was written by a newer version")
	// ErrReadOnly says that the file or its folder cannot be written.
	ErrReadOnly = errors.New("the store cannot be written")
	// ErrFull says that no space is left on the disk.
	ErrFull = errors.New("no space left for the store")
	// ErrCorrupt says that the file is damaged or no store at all.
	ErrCorrupt = errors.New("the store is damaged")
	// ErrBusy says that another process, or another bulk import, holds the store.
	ErrBusy = errors.New("the store is in use")
	// ErrConflict says that a row is not in a state that allows the change.
	ErrConflict = errors.New("the state does not allow it")
)

var errNotWritten = errors.New("store: not written yet")
