package store

import (
	"context"

	"gorm.io/gorm"
)

// OutgoingBytes returns how many bytes the copies of files take that were not
// sent yet. A copy that several messages name counts once.
func (s *Store) OutgoingBytes(ctx context.Context) (int64, error) {
	var bytes int64
	err := s.read(ctx, "weigh the files that go out", func(tx *gorm.DB) error {
		return queryRow(tx, `SELECT coalesce(sum(size), 0) FROM (
			SELECT max(CAST(payload->>'$.file.size' AS INTEGER)) AS size FROM outbox
			WHERE kind = 'file' AND state <> 'sent' AND json_valid(payload) GROUP BY payload->>'$.file.sha256')`).Scan(&bytes)
	})
	return bytes, err
}
