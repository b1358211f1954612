package store

import (
	"context"
	"encoding/json"

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

// SaveLabelled says which conversations carry a label: all of them when whole is
// true, else some more. Conversations and labels that are not held are left out.
// Nothing is written when nothing changed.
func (s *Store) SaveLabelled(ctx context.Context, id model.SessionID, wireID string, jids []model.JID, whole bool) (changed bool, err error) {
	named, err := json.Marshal(jids)
	if err != nil {
		return false, err
	}
	if jids == nil {
		named = []byte("[]")
	}
	var d labelDifference
	if err = s.read(ctx, "compare a label", func(tx *gorm.DB) error {
		d, err = compareLabel(tx, id, wireID, string(named), whole)
		return err
	}); err != nil || d.none() {
		return false, err
	}
	err = s.write(ctx, "save a label's conversations", func(tx *gorm.DB) error {
		d, err := compareLabel(tx, id, wireID, string(named), whole) // again: what was compared may be gone
		if err != nil {
			return err
		}
		changed = !d.none()
		rows := make([]any, 0, 2*len(d.added))
		for _, c := range d.added {
			rows = append(rows, int64(c), int64(d.label))
		}
		if err := insertAll(tx, "INSERT INTO conversation_labels (conversation_id, label_id)", 2, "", rows); err != nil {
			return err
		}
		if len(d.gone) > 0 {
			err := exec(tx, "DELETE FROM conversation_labels WHERE label_id = ? AND conversation_id IN (SELECT value FROM json_each(?))",
				int64(d.label), jsonNumbers(d.gone))
			if err != nil {
				return err
			}
		}
		return keepWishes(tx, id, model.OutboxLabels)
	})
	return changed && err == nil, err
}

// labelDifference is what has to change so that a label is on the conversations named.
type labelDifference struct {
	label       model.LabelID
	added, gone []model.ConversationID
}

func (d labelDifference) none() bool { return len(d.added) == 0 && len(d.gone) == 0 }

func compareLabel(tx *gorm.DB, id model.SessionID, wireID, jids string, whole bool) (d labelDifference, err error) {
	err = queryRow(tx, "SELECT coalesce((SELECT id FROM labels WHERE session_id = ? AND wire_id = ?), 0)", int64(id), wireID).Scan(&d.label)
	if err != nil || d.label == 0 {
		return d, err
	}
	var named, held []model.ConversationID
	err = tx.Raw(`SELECT c.id FROM json_each(?) j CROSS JOIN conversations c ON c.session_id = ? AND c.jid = j.value`, jids, int64(id)).Scan(&named).Error
	if err == nil {
		err = tx.Raw("SELECT conversation_id FROM conversation_labels WHERE label_id = ?", int64(d.label)).Scan(&held).Error
	}
	if err != nil {
		return d, err
	}
	d.added = without(named, held)
	if whole {
		d.gone = without(held, named)
	}
	return d, nil
}

// without returns what is in a and not in b, each once.
func without(a, b []model.ConversationID) []model.ConversationID {
	skip := make(map[model.ConversationID]struct{}, len(b))
	for _, id := range b {
		skip[id] = struct{}{}
	}
	var out []model.ConversationID
	for _, id := range a {
		if _, in := skip[id]; !in {
			skip[id] = struct{}{}
			out = append(out, id)
		}
	}
	return out
}
