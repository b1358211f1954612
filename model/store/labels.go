package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// SaveLabels adds and updates the labels of a session. Those not named stay.
func (s *Store) SaveLabels(ctx context.Context, id model.SessionID, labels []model.Label) (model.Counts, error) {
	var counts model.Counts
	err := s.write(ctx, "save labels", func(tx *gorm.DB) error {
		var held []model.Label
		if err := tx.Find(&held, "session_id = ?", id).Error; err != nil {
			return err
		}
		known := make(map[string]model.Label, len(held))
		for _, l := range held {
			known[l.WireID] = l
		}
		for _, l := range labels {
			l.SessionID = id
			old, ok := known[l.WireID]
			l.ID = old.ID
			switch {
			case !ok:
				if err := tx.Create(&l).Error; err != nil {
					return err
				}
				counts.Created++
			case l != old:
				if err := tx.Select("name", "color").Updates(&l).Error; err != nil {
					return err
				}
				counts.Updated++
			default:
				counts.Unchanged++
			}
			known[l.WireID] = l
		}
		return nil
	})
	if err != nil {
		return model.Counts{}, err
	}
	return counts, nil
}

// Labels returns the labels of a session by name.
func (s *Store) Labels(ctx context.Context, id model.SessionID) ([]model.Label, error) {
	var labels []model.Label
	err := s.read(ctx, "list labels", func(tx *gorm.DB) error {
		return tx.Order("name, id").Find(&labels, "session_id = ?", id).Error
	})
	return labels, err
}
