package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// The queries of readIndex: one text for all rows, because handing a text over
// costs a fraction of handing over rows. The control characters are in no
// identifier. Nearly all rows are wanted: going through an index of the table
// would double the time.
const (
	indexColumns = `SELECT coalesce(group_concat(jid || char(31) || id || char(31) || hex(fingerprint) || char(31) || (not_seen_since <> 0), char(30)), '')`

	contactIndexQuery      = indexColumns + " FROM contacts NOT INDEXED WHERE session_id = ?"
	conversationIndexQuery = indexColumns + " FROM conversations NOT INDEXED WHERE session_id = ?"
)

// readIndex hands over what the engine compares a list with, row by row, in no order.
func (s *Store) readIndex(ctx context.Context, doing, query string, id model.SessionID, take func(model.JID, int64, model.Fingerprint, bool)) error {
	return s.read(ctx, doing, func(tx *gorm.DB) error {
		var all string
		if err := queryRow(tx, query, int64(id)).Scan(&all); err != nil {
			return err
		}
		for len(all) > 0 {
			var row string
			row, all, _ = strings.Cut(all, "\x1e")
			jid, rest, _ := strings.Cut(row, "\x1f")
			key, rest, _ := strings.Cut(rest, "\x1f")
			digest, notSeen, ok := strings.Cut(rest, "\x1f")
			held, err := strconv.ParseInt(key, 10, 64)
			if err != nil || !ok {
				return fmt.Errorf("a row of the index cannot be read: %w", ErrCorrupt)
			}
			var f model.Fingerprint
			if len(digest) == hex.EncodedLen(len(f)) {
				if _, err := hex.Decode(f[:], []byte(digest)); err != nil {
					return fmt.Errorf("a digest of the index cannot be read: %w", ErrCorrupt)
				}
			}
			take(model.JID(strings.Clone(jid)), held, f, notSeen == "1")
		}
		return nil
	})
}
