package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// LookupsDue returns hidden ids of which no number is known, for one call: of
// conversations, the newest first, then of contacts and members of groups. None
// while there were enough calls, and none that was asked for lately, whatever was
// answered.
func (s *Store) LookupsDue(ctx context.Context, id model.SessionID, now model.Stamp, limit model.LookupLimit) ([]model.JID, error) {
	var due []model.JID
	err := s.read(ctx, "list hidden ids to ask for", func(tx *gorm.DB) error {
		var calls int
		err := queryRow(tx, "SELECT count(DISTINCT abs(asked_at)) FROM identity_lookups WHERE session_id = ? AND abs(asked_at) > ?",
			int64(id), int64(now)-limit.Within.Milliseconds()).Scan(&calls)
		if err != nil || calls >= limit.Calls {
			return err
		}
		const unknown = ` NOT EXISTS (SELECT 1 FROM identities i WHERE i.session_id = ?1 AND i.lid = t.jid)
			AND NOT EXISTS (SELECT 1 FROM identity_lookups l WHERE l.session_id = ?1 AND l.jid = t.jid AND (l.asked_at > ?2 OR l.asked_at < -?4))`
		sources := []string{
			"SELECT t.jid FROM conversations t WHERE t.session_id = ?1 AND t.kind = 'person' AND t.jid LIKE '%@lid' AND" + unknown + " ORDER BY t.last_at DESC, t.id LIMIT ?3",
			"SELECT t.jid FROM contacts t WHERE t.session_id = ?1 AND t.jid LIKE '%@lid' AND" + unknown + " ORDER BY t.id LIMIT ?3",
			`SELECT DISTINCT t.jid FROM group_participants t JOIN conversations c ON c.id = t.conversation_id
				WHERE c.session_id = ?1 AND t.jid LIKE '%@lid' AND` + unknown + " ORDER BY t.jid LIMIT ?3",
		}
		seen := map[model.JID]bool{}
		for _, source := range sources {
			if len(due) >= limit.Most {
				break
			}
			var some []model.JID
			if err := tx.Raw(source, int64(id), int64(now)-limit.Age.Milliseconds(), limit.Most, int64(now)-limit.Again.Milliseconds()).Scan(&some).Error; err != nil {
				return err
			}
			for _, jid := range some {
				if !seen[jid] && len(due) < limit.Most {
					seen[jid] = true
					due = append(due, jid)
				}
			}
		}
		return nil
	})
	return due, err
}

// SaveLookups notes that hidden ids are asked for by one call. Until ConfirmLookups
// says that it was answered its time is kept with a minus before it.
func (s *Store) SaveLookups(ctx context.Context, id model.SessionID, asked []model.JID, at model.Stamp) error {
	args := make([]any, 0, 3*len(asked))
	for _, jid := range asked {
		args = append(args, int64(id), string(jid), -int64(at))
	}
	return s.write(ctx, "note what is asked for", func(tx *gorm.DB) error {
		return insertAll(tx, "INSERT INTO identity_lookups (session_id, jid, asked_at)", 3,
			" ON CONFLICT (session_id, jid) DO UPDATE SET asked_at = excluded.asked_at", args)
	})
}

// ConfirmLookups notes that the call of that time was answered.
func (s *Store) ConfirmLookups(ctx context.Context, id model.SessionID, at model.Stamp) error {
	return s.write(ctx, "note what was answered", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE identity_lookups SET asked_at = ?2 WHERE session_id = ?1 AND asked_at = -?2", int64(id), int64(at))
	})
}
