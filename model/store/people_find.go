package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// ConversationWith returns the conversation that stands for those with a person or
// group, by any of the identifiers.
func (s *Store) ConversationWith(ctx context.Context, id model.SessionID, jid model.JID) (model.ConversationID, error) {
	var found model.ConversationID
	err := s.read(ctx, "find a conversation", func(tx *gorm.DB) error {
		list, err := personList(tx, id, jid)
		if err != nil {
			return err
		}
		if found, err = conversationOf(tx, id, list); err == nil && found == 0 {
			return ErrNotFound
		}
		return err
	})
	return found, err
}

// ContactOf returns the contact with an identifier, else the one that stands for
// the person.
func (s *Store) ContactOf(ctx context.Context, id model.SessionID, jid model.JID) (model.ContactID, error) {
	var found model.ContactID
	err := s.read(ctx, "find a contact", func(tx *gorm.DB) error {
		list, err := personList(tx, id, jid)
		if err != nil {
			return err
		}
		var ids []model.ContactID
		err = tx.Raw(`SELECT id FROM contacts WHERE session_id = ?1 AND jid IN (SELECT value FROM json_each(?2))
			ORDER BY jid = ?3 DESC, person_id IN (0, id) DESC, id LIMIT 1`, int64(id), list, string(jid)).Scan(&ids).Error
		if err == nil && len(ids) == 0 {
			return ErrNotFound
		}
		if err == nil {
			found = ids[0]
		}
		return err
	})
	return found, err
}

// personList returns the identifiers of a person as JSON.
func personList(tx *gorm.DB, id model.SessionID, jid model.JID) (string, error) {
	ids, err := personOf(tx, id, jid)
	if err != nil {
		return "", err
	}
	return jsonTexts(ids)
}

// IDsOf returns the identifiers of the people with some identifiers, the main one first.
func (s *Store) IDsOf(ctx context.Context, id model.SessionID, jids []model.JID) (map[model.JID][]model.JID, error) {
	all := make(map[model.JID][]model.JID, len(jids))
	err := s.read(ctx, "read the identifiers of people", func(tx *gorm.DB) error {
		links, err := linksOf(tx, id, jids)
		if err != nil {
			return err
		}
		people := map[model.JID]map[model.JID]model.JID{}
		for alias, main := range links {
			if people[main] == nil {
				people[main] = map[model.JID]model.JID{}
			}
			people[main][alias] = main
		}
		for _, jid := range jids {
			main := jid
			if to, ok := links[jid]; ok {
				main = to
			}
			all[jid] = inOrder(main, people[main])
		}
		return nil
	})
	return all, err
}
