package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// Contacts returns contacts by folded name. The text is searched in names and
// numbers; AfterName may be given folded or as it is shown.
func (s *Store) Contacts(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	f := &filter{}
	if q.SessionID != 0 {
		f.add("session_id = ?", int64(q.SessionID))
	}
	f.add("person_id IN (0, id)")
	if !q.Groups {
		f.add("is_group = 0")
	}
	if q.AfterID != 0 {
		f.add("(sort_name, id) > (?, ?)", Fold(q.AfterName), int64(q.AfterID))
	}
	f.contains(q.Text)
	var list []model.ContactRow
	err := s.read(ctx, "list contacts", func(tx *gorm.DB) error {
		err := tx.Raw(`SELECT id, session_id, jid, display_name, phone, push_name, is_business, is_my_contact,
			CASE WHEN person_id = 0 THEN is_blocked ELSE (SELECT max(p.is_blocked) FROM contacts p WHERE p.person_id = contacts.person_id AND p.person_id <> 0) END AS is_blocked,
			avatar_hash, not_seen_since FROM contacts INDEXED BY contacts_list`+f.where()+
			" ORDER BY sort_name, id"+limitClause(q.Limit), f.args...).Scan(&list).Error
		if err != nil {
			return err
		}
		return completePictures(tx, len(list), func(i int) (person, *string) { return person{list[i].SessionID, list[i].JID}, &list[i].AvatarHash })
	})
	return list, err
}

// Contact returns what the detail pane shows: the contact, the other identifier
// of the same person, its conversation and the groups that it is in.
func (s *Store) Contact(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	var d model.ContactDetail
	err := s.read(ctx, "read a contact", func(tx *gorm.DB) error {
		if err := tx.Take(&d.Contact, "id = ?", id).Error; err != nil {
			return err
		}
		// A profile that cannot be read is shown as none.
		if d.Business != "" && json.Unmarshal([]byte(d.Business), &d.Profile) != nil {
			d.Profile = model.BusinessProfile{}
		}
		ids, err := personOf(tx, d.SessionID, d.JID)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(ids, model.JID.IsLID); at >= 0 {
			d.LID = ids[at]
		}
		if d.IDs, err = personIDs(tx, d.SessionID, d.JID); err != nil {
			return err
		}
		list, err := jsonTexts(ids)
		if err != nil {
			return err
		}
		err = queryRow(tx, "SELECT max(is_blocked) FROM contacts WHERE session_id = ? AND jid IN (SELECT value FROM json_each(?))", int64(d.SessionID), list).Scan(&d.IsBlocked)
		if err != nil {
			return err
		}
		err = completePictures(tx, 1, func(int) (person, *string) { return person{d.SessionID, d.JID}, &d.AvatarHash })
		if err != nil {
			return err
		}
		if d.ConversationID, err = conversationOf(tx, d.SessionID, list); err != nil {
			return err
		}
		d.GroupsInCommon, err = groupsOf(tx, d.SessionID, list)
		return err
	})
	if err != nil {
		return model.ContactDetail{}, err
	}
	return d, nil
}

// conversationOf returns the conversation that stands for those under some
// identifiers of a person, zero when there is none.
func conversationOf(tx *gorm.DB, id model.SessionID, jids string) (model.ConversationID, error) {
	var conversation model.ConversationID
	err := queryRow(tx, `SELECT iif(thread_id = 0, id, thread_id) FROM conversations WHERE session_id = ? AND jid IN (SELECT value FROM json_each(?))
		ORDER BY last_at DESC, id DESC LIMIT 1`, int64(id), jids).Scan(&conversation)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return conversation, err
}

// groupsOf returns the groups that a person is in, the newest activity first.
func groupsOf(tx *gorm.DB, id model.SessionID, jids string) ([]model.ConversationRow, error) {
	f := &filter{}
	f.add("session_id = ?", int64(id))
	f.add("id IN (SELECT conversation_id FROM group_participants WHERE jid IN (SELECT value FROM json_each(?)))", jids)
	return conversationRows(tx, " FROM conversations c"+f.where()+" ORDER BY last_at DESC, id DESC", f.args)
}

// filter collects the conditions of a list.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// contains narrows to rows whose search_text holds every part of the query.
// instr compares bytes, which is faster than LIKE and knows no wildcards.
func (f *filter) contains(query string) {
	for _, part := range needles(query) {
		f.add("instr(search_text, ?) > 0", part)
	}
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}
