package store

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// ContactEntry is what a sync needs to know of a contact that is held.
type ContactEntry struct {
	ID          model.ContactID
	Fingerprint model.Fingerprint
	NotSeen     bool
}

// ContactIndex is part of the agreed API.
func (s *Store) ContactIndex(ctx context.Context, id model.SessionID) (map[model.JID]ContactEntry, error) {
	return nil, errNotWritten
}

// SaveContacts is part of the agreed API.
func (s *Store) SaveContacts(ctx context.Context, id model.SessionID, contacts []model.Contact, now model.Stamp) error {
	return errNotWritten
}

// MarkContactsNotSeen is part of the agreed API.
func (s *Store) MarkContactsNotSeen(ctx context.Context, ids []model.ContactID, at model.Stamp) error {
	return errNotWritten
}

// MarkContactsSeen is part of the agreed API.
func (s *Store) MarkContactsSeen(ctx context.Context, ids []model.ContactID) error {
	return errNotWritten
}

// SaveContactDetails is part of the agreed API.
func (s *Store) SaveContactDetails(ctx context.Context, id model.ContactID, about string, business string, at model.Stamp) error {
	return errNotWritten
}

// Contacts is part of the agreed API.
func (s *Store) Contacts(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	return nil, errNotWritten
}

// CountContacts is part of the agreed API.
func (s *Store) CountContacts(ctx context.Context, id model.SessionID) (int, error) {
	return 0, errNotWritten
}

// Contact is part of the agreed API.
func (s *Store) Contact(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	return model.ContactDetail{}, errNotWritten
}

// ContactByJID is part of the agreed API.
func (s *Store) ContactByJID(ctx context.Context, id model.SessionID, jid model.JID) (model.Contact, error) {
	return model.Contact{}, errNotWritten
}

// SaveIdentities is part of the agreed API.
func (s *Store) SaveIdentities(ctx context.Context, identities []model.Identity) error {
	return errNotWritten
}
