package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

const (
	defaultNames = 20
	maxNameHits  = 300 // that are looked at to choose the best
)

// nameWords returns the words of a name as they are compared. A number in any
// form is one word, its digits, without the zeros that dial out.
func nameWords(text string) []string {
	if len(text) > maxQueryBytes {
		text = text[:maxQueryBytes]
	}
	if digits, ok := numberDigits(text); ok {
		if digits = strings.TrimLeft(digits, "0"); digits == "" {
			return nil
		}
		return []string{digits}
	}
	if jid, err := model.ParseJID(strings.TrimSpace(text)); err == nil {
		text = jid.User()
	}
	words := strings.FieldsFunc(Fold(text), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Co) })
	words = words[:min(len(words), maxQueryWords)]
	for i, word := range words {
		runes := []rune(word)
		words[i] = string(runes[:min(len(runes), maxWordRunes)])
	}
	return words
}

// nameExpression returns the query of the indexes of names, "" when there is
// nothing to look for. Every word may be a beginning; the beginning of a number
// is found with and without its country code.
func nameExpression(text string) string {
	words := nameWords(text)
	for i, word := range words {
		words[i] = `"` + word + `"*`
	}
	return strings.Join(words, " ")
}

// SearchConversations finds conversations and contacts by a name, by the
// beginnings of its words, or by a number in any form. Conversations come first,
// the newest activity first, then contacts without one, by name. A limit of zero
// is twenty.
func (s *Store) SearchConversations(ctx context.Context, text string, limit int) ([]model.PlaceHit, error) {
	if limit <= 0 {
		limit = defaultNames
	}
	match := nameExpression(text)
	if match == "" {
		return nil, nil
	}
	var hits []model.PlaceHit
	err := s.read(ctx, "search conversations", func(tx *gorm.DB) error {
		var err error
		hits, err = findPlaces(tx, match, limit)
		if err != nil {
			return err
		}
		return completePlaces(tx, hits)
	})
	return hits, err
}

// findPlaces returns conversations with the name, or with a contact of the name, then contacts.
func findPlaces(tx *gorm.DB, match string, limit int) ([]model.PlaceHit, error) {
	const columns = `SELECT c.id AS conversation_id, coalesce(c.contact_id, 0) AS contact_id, c.jid, c.kind, c.avatar_hash, c.session_id,
		coalesce((SELECT i.phone_jid FROM identities i WHERE i.session_id = c.session_id AND i.lid = c.jid), '') AS main_jid,
		CASE WHEN c.name <> '' THEN c.name ELSE coalesce((SELECT display_name FROM contacts k WHERE k.id = c.contact_id), '') END AS name`
	var hits []model.PlaceHit
	// The row number is the order of arrival; the inner limits keep the sorting of a common beginning small.
	err := tx.Raw(columns+` FROM conversations c WHERE c.id IN (
			SELECT iif(f.thread_id = 0, f.id, f.thread_id) FROM (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?1 LIMIT ?2) m
			CROSS JOIN conversations f ON f.id = m.rowid
			UNION SELECT iif(c2.thread_id = 0, c2.id, c2.thread_id) FROM (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?1 LIMIT ?2) f
			CROSS JOIN conversations c2 ON c2.contact_id = f.rowid AND c2.contact_id IS NOT NULL)
		ORDER BY c.list_last_at DESC, c.id DESC LIMIT ?3`, match, maxNameHits, limit).Scan(&hits).Error
	if err != nil || len(hits) >= limit {
		return hits, err
	}
	var people []model.PlaceHit
	err = tx.Raw(`SELECT k.id AS contact_id, k.jid, k.display_name AS name, 'person' AS kind, k.avatar_hash, k.session_id,
			coalesce((SELECT i.phone_jid FROM identities i WHERE i.session_id = k.session_id AND i.lid = k.jid), '') AS main_jid
		FROM (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ? LIMIT ?) f CROSS JOIN contacts k ON k.id = f.rowid
		WHERE k.is_group = 0 AND k.person_id IN (0, k.id) AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.session_id = k.session_id AND c.jid = k.jid)
		AND NOT EXISTS (SELECT 1 FROM identities i CROSS JOIN conversations c ON c.session_id = k.session_id AND c.jid = i.lid
			WHERE i.session_id = k.session_id AND i.phone_jid = k.jid)
		AND NOT EXISTS (SELECT 1 FROM identities i CROSS JOIN conversations c ON c.session_id = k.session_id AND c.jid = i.phone_jid
			WHERE i.session_id = k.session_id AND i.lid = k.jid)
		ORDER BY k.sort_name, k.id LIMIT ?`, match, maxNameHits, limit-len(hits)).Scan(&people).Error
	return append(hits, people...), err
}

func completePlaces(tx *gorm.DB, hits []model.PlaceHit) error {
	return completePictures(tx, len(hits), func(i int) (person, *string) { return person{hits[i].SessionID, hits[i].JID}, &hits[i].AvatarHash })
}

// SearchNames returns names for from: and in: that begin, or have a word that
// begins, with the prefix: those of the conversations with the newest activity
// first. Each name comes once. Nothing typed gives the newest conversations.
// A limit of zero is twenty.
func (s *Store) SearchNames(ctx context.Context, prefix string, limit int) ([]model.NameHit, error) {
	if limit <= 0 {
		limit = defaultNames
	}
	var places []model.PlaceHit
	err := s.read(ctx, "search names", func(tx *gorm.DB) error {
		match := nameExpression(prefix)
		if match != "" {
			var err error
			if places, err = findPlaces(tx, match, 2*limit); err != nil {
				return err
			}
			return completePlaces(tx, places)
		}
		err := tx.Raw(`SELECT id AS conversation_id, coalesce(contact_id, 0) AS contact_id, jid, name, kind, avatar_hash, session_id
			FROM conversations INDEXED BY conversations_list WHERE list_archived = 0 AND thread_id IN (0, id)
			ORDER BY list_pinned DESC, list_last_at DESC, id DESC LIMIT ?`,
			2*limit).Scan(&places).Error
		if err != nil {
			return err
		}
		return completePlaces(tx, places)
	})
	if err != nil {
		return nil, err
	}
	folded := Fold(prefix)
	begins := func(p model.PlaceHit) int {
		if strings.HasPrefix(Fold(p.Name), folded) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(places, func(a, b model.PlaceHit) int { return cmp.Compare(begins(a), begins(b)) })
	seen := make(map[string]bool)
	var hits []model.NameHit
	for _, p := range places {
		if p.Name == "" || seen[p.Name] || len(hits) == limit {
			continue
		}
		seen[p.Name] = true
		hits = append(hits, model.NameHit{
			Name: p.Name, JID: p.JID, Kind: p.Kind, ContactID: p.ContactID, ConversationID: p.ConversationID,
			SessionID: p.SessionID, AvatarHash: p.AvatarHash,
		})
	}
	return hits, nil
}
