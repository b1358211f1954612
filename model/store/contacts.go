package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// ContactIndex returns every contact of a session by its identifier.
func (s *Store) ContactIndex(ctx context.Context, id model.SessionID) (map[model.JID]model.ContactEntry, error) {
	index := make(map[model.JID]model.ContactEntry)
	err := s.readIndex(ctx, "read the index of contacts", contactIndexQuery, id, func(jid model.JID, held int64, f model.Fingerprint, notSeen bool) {
		index[jid] = model.ContactEntry{ID: model.ContactID(held), Fingerprint: f, NotSeen: notSeen}
	})
	return index, err
}

// The columns that come from the contact list, and what an upsert does with
// them. A profile that was asked for by itself is not lost to a list without one.
const (
	contactHead = `INSERT INTO contacts (session_id, jid, phone, display_name, own_name, sort_name, search_text, name, push_name,
		short_name, verified_name, is_business, is_enterprise, is_me, is_my_contact, is_wa_contact, is_blocked, is_group,
		business, fingerprint, first_seen_at)`
	contactWidth = 21
	contactTail  = ` ON CONFLICT (session_id, jid) DO UPDATE SET phone = excluded.phone, display_name = excluded.display_name, own_name = excluded.own_name,
		sort_name = excluded.sort_name, search_text = excluded.search_text, name = excluded.name,
		push_name = excluded.push_name, short_name = excluded.short_name, verified_name = excluded.verified_name,
		is_business = excluded.is_business, is_enterprise = excluded.is_enterprise, is_me = excluded.is_me,
		is_my_contact = excluded.is_my_contact, is_wa_contact = excluded.is_wa_contact,
		is_blocked = excluded.is_blocked, is_group = excluded.is_group,
		business = CASE WHEN excluded.business <> '' THEN excluded.business ELSE business END,
		fingerprint = excluded.fingerprint, not_seen_since = 0
		WHERE fingerprint <> excluded.fingerprint OR not_seen_since <> 0`
)

// SaveContacts adds and updates contacts as the list of the gateway names them:
// never about and avatar. Those with the fingerprint that is held are not
// written; a missing fingerprint is computed. Conversations of the same
// identifiers are linked, and the rows of one person joined.
func (s *Store) SaveContacts(ctx context.Context, id model.SessionID, contacts []model.Contact, now model.Stamp) error {
	if len(contacts) == 0 {
		return nil
	}
	args := make([]any, 0, len(contacts)*contactWidth)
	jids := make([]model.JID, 0, len(contacts))
	for i := range contacts {
		args = append(args, contactValues(id, contacts[i], now)...)
		jids = append(jids, contacts[i].JID)
	}
	list, err := jsonTexts(jids)
	if err != nil {
		return wrap(ctx, "save contacts", err)
	}
	return s.write(ctx, "save contacts", func(tx *gorm.DB) error {
		if err := insertAll(tx, contactHead, contactWidth, contactTail, args); err != nil {
			return err
		}
		if err := keepWishes(tx, id, model.OutboxBlock); err != nil {
			return err
		}
		err := exec(tx, `UPDATE conversations SET contact_id =
			(SELECT k.id FROM contacts k WHERE k.session_id = conversations.session_id AND k.jid = conversations.jid)
			WHERE session_id = ? AND contact_id IS NULL AND jid IN (SELECT value FROM json_each(?))`, int64(id), list)
		if err != nil {
			return err
		}
		return regroup(tx, id, jids)
	})
}

// contactValues returns the values of contactHead.
func contactValues(id model.SessionID, c model.Contact, now model.Stamp) []any {
	if c.DisplayName == "" {
		c.DisplayName = model.ContactDisplayName(&c, c.Phone.Plus())
	}
	if c.Fingerprint.IsZero() {
		c.Fingerprint = c.ComputeFingerprint()
	}
	return []any{
		int64(id), string(c.JID), string(c.Phone), c.DisplayName, c.DisplayName, Fold(c.DisplayName),
		searchText(c.JID, c.Phone, c.DisplayName, c.Name, c.PushName, c.ShortName, c.VerifiedName),
		c.Name, c.PushName, c.ShortName, c.VerifiedName, c.IsBusiness, c.IsEnterprise, c.IsMe, c.IsMyContact,
		c.IsWAContact, c.IsBlocked, c.IsGroup, c.Business, c.Fingerprint, int64(now),
	}
}

// MarkContactsNotSeen notes that the gateway stopped naming contacts. Those marked already keep their instant.
func (s *Store) MarkContactsNotSeen(ctx context.Context, ids []model.ContactID, at model.Stamp) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, "mark contacts", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE contacts SET not_seen_since = ? WHERE not_seen_since = 0 AND id IN (SELECT value FROM json_each(?))",
			int64(at), jsonNumbers(ids))
	})
}

// MarkContactsSeen notes that the gateway names contacts again.
func (s *Store) MarkContactsSeen(ctx context.Context, ids []model.ContactID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, "mark contacts", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE contacts SET not_seen_since = 0 WHERE not_seen_since <> 0 AND id IN (SELECT value FROM json_each(?))",
			jsonNumbers(ids))
	})
}

// SaveContactDetails keeps what was asked of one contact: the about text and
// the business profile as JSON. An empty profile leaves the one that is held.
func (s *Store) SaveContactDetails(ctx context.Context, id model.ContactID, about string, business string, at model.Stamp) error {
	return s.write(ctx, "save details of a contact", func(tx *gorm.DB) error {
		n, err := execCount(tx, `UPDATE contacts SET about = ?, details_at = ?,
			business = CASE WHEN ? <> '' THEN ? ELSE business END WHERE id = ?`, about, int64(at), business, business, int64(id))
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// CountContacts returns how many people are held of a session; the groups that
// the contact list names are left out, as in the list.
func (s *Store) CountContacts(ctx context.Context, id model.SessionID) (int, error) {
	n := 0
	err := s.read(ctx, "count contacts", func(tx *gorm.DB) error {
		return queryRow(tx, "SELECT count(*) FROM contacts WHERE session_id = ? AND is_group = 0 AND person_id IN (0, id)", int64(id)).Scan(&n)
	})
	return n, err
}

// ContactByJID returns a contact by its exact identifier.
func (s *Store) ContactByJID(ctx context.Context, id model.SessionID, jid model.JID) (model.Contact, error) {
	var c model.Contact
	err := s.read(ctx, "read a contact", func(tx *gorm.DB) error {
		return tx.Take(&c, "session_id = ? AND jid = ?", id, jid).Error
	})
	return c, err
}
