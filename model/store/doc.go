// Package store keeps everything that Buzón knows in one SQLite file.
//
// Contract
//
//   - One Store owns the file for writing: a writer handle of one connection
//     whose transactions are immediate, and a pool of read-only connections. A
//     third moves the write-ahead log into the file, so that commits do not wait
//     for that (log.go). Other processes may read beside it (Options.ReadOnly),
//     never write.
//   - Every method takes a context first, may block on the disk, and is safe
//     for concurrent use. A cancelled context rolls the write back whole.
//   - A method that writes is one transaction: all of it is there or nothing.
//     What did not change is not written; Changes proves it.
//   - Nothing that the gateway stopped naming is deleted.
//   - Lists page by key, never by position, and select what a row shows.
//   - Messages are searched in the language of package query, the newest first,
//     through one full-text index: of words (accents and case folded), of
//     facets, which make operators as fast as words, and, for scripts that are
//     written without spaces, of pairs of characters: "面包店" is indexed as
//     "面包 包店 店", so that any part of it is found (grams.go). Contacts and
//     conversations have indexes of names and numbers.
//   - Errors can be told apart with errors.Is: ErrNotFound, ErrNewerSchema,
//     ErrReadOnly, ErrFull, ErrCorrupt, ErrBusy, ErrConflict, and those of
//     the context. They hold no text of messages.
//   - A store that is open for writing has one goroutine, which moves the log;
//     Close ends it and waits for it. What a call starts beside itself ends with it.
package store
