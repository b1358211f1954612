package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// defaultActivities is the page of activity when no limit is given.
const defaultActivities = 100

// AddActivity adds one line to the log that the owner sees.
func (s *Store) AddActivity(ctx context.Context, a model.Activity) error {
	return s.write(ctx, "add activity", func(tx *gorm.DB) error {
		a.ID = 0
		return tx.Create(&a).Error
	})
}

// Activities returns a page of the log, the newest first.
func (s *Store) Activities(ctx context.Context, q model.ActivityQuery) ([]model.Activity, error) {
	var lines []model.Activity
	err := s.read(ctx, "list activity", func(tx *gorm.DB) error {
		if q.SessionID != 0 {
			tx = tx.Where("session_id = ?", q.SessionID)
		}
		if q.Kind != "" {
			tx = tx.Where("kind = ?", q.Kind)
		}
		if q.Outcome != "" {
			tx = tx.Where("outcome = ?", q.Outcome)
		}
		if q.Before != 0 {
			tx = tx.Where("id < ?", q.Before)
		}
		limit := q.Limit
		if limit <= 0 {
			limit = defaultActivities
		}
		return tx.Order("id DESC").Limit(limit).Find(&lines).Error
	})
	return lines, err
}

// PruneActivity forgets the lines from before an instant.
func (s *Store) PruneActivity(ctx context.Context, before model.Stamp) error {
	return s.write(ctx, "prune activity", func(tx *gorm.DB) error {
		return exec(tx, "DELETE FROM activity WHERE at < ?", int64(before))
	})
}
