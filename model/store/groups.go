package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// Group returns what is known of a group, with its members: administrators
// first, then by name. It is ErrNotFound for a conversation that is no group.
func (s *Store) Group(ctx context.Context, id model.ConversationID) (model.Group, error) {
	var g model.Group
	err := s.read(ctx, "read a group", func(tx *gorm.DB) error {
		if err := tx.Take(&g, "conversation_id = ?", id).Error; err != nil {
			return err
		}
		var session model.SessionID
		if err := queryRow(tx, "SELECT session_id FROM conversations WHERE id = ?", int64(id)).Scan(&session); err != nil {
			return err
		}
		members, err := participantsOf(tx, []model.ConversationID{id})
		if err != nil {
			return err
		}
		if g.Participants, err = mergeMembers(tx, session, members[id]); err != nil {
			return err
		}
		people := make([]person, len(g.Participants))
		for i, p := range g.Participants {
			people[i] = person{session, p.JID}
		}
		names, err := displayNames(tx, people)
		if err != nil {
			return err
		}
		for i := range g.Participants {
			g.Participants[i].Name = names[people[i]]
		}
		return nil
	})
	if err != nil {
		return model.Group{}, err
	}
	slices.SortStableFunc(g.Participants, func(a, b model.Participant) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.JID, b.JID))
	})
	return g, nil
}

// mergeMembers lists those once who were told under several identifiers: under the
// main one of those that the group names. Whoever is an administrator under one of
// them is one.
func mergeMembers(tx *gorm.DB, session model.SessionID, members []model.Participant) ([]model.Participant, error) {
	jids := make([]model.JID, len(members))
	for i := range members {
		jids[i] = members[i].JID
	}
	links, err := linksOf(tx, session, jids)
	if err != nil {
		return nil, err
	}
	var mine []model.JID
	if err := tx.Raw(mineQuery, int64(session)).Scan(&mine).Error; err != nil {
		return nil, err
	}
	aliases := map[model.JID]map[model.JID]model.JID{}
	for alias, main := range links {
		if aliases[main] == nil {
			aliases[main] = map[model.JID]model.JID{}
		}
		aliases[main][alias] = main
	}
	at := map[model.JID]int{} // of a person in merged
	merged := make([]model.Participant, 0, len(members))
	for _, p := range members {
		main := p.JID
		if to, linked := links[p.JID]; linked {
			main = to
		}
		p.IsMe = slices.Contains(mine, p.JID)
		if aliases[main] != nil {
			p.IDs = inOrder(main, aliases[main])
		}
		i, again := at[main]
		if !again {
			at[main] = len(merged)
			merged = append(merged, p)
			continue
		}
		held := &merged[i]
		held.IsAdmin, held.IsSuperAdmin, held.IsMe = held.IsAdmin || p.IsAdmin, held.IsSuperAdmin || p.IsSuperAdmin, held.IsMe || p.IsMe
		if slices.Index(p.IDs, p.JID) < slices.Index(p.IDs, held.JID) {
			held.JID = p.JID
		}
	}
	return merged, nil
}

// rank orders members: the founder, administrators, those with a name, the others.
func rank(p model.Participant) int {
	switch {
	case p.IsSuperAdmin:
		return 0
	case p.IsAdmin:
		return 1
	case !model.NamelessTitle(p.Name, p.JID):
		return 2
	}
	return 3
}

// participantsOf reads the members of groups, without names.
func participantsOf(tx *gorm.DB, ids []model.ConversationID) (map[model.ConversationID][]model.Participant, error) {
	members := make(map[model.ConversationID][]model.Participant)
	err := eachRow(tx, func(rows *sql.Rows) error {
		var p model.Participant
		if err := rows.Scan(&p.ConversationID, &p.JID, &p.IsAdmin, &p.IsSuperAdmin); err != nil {
			return err
		}
		members[p.ConversationID] = append(members[p.ConversationID], p)
		return nil
	}, `SELECT conversation_id, jid, is_admin, is_super_admin FROM group_participants
		WHERE conversation_id IN (SELECT value FROM json_each(?))`, jsonNumbers(ids))
	return members, err
}

// saveGroups adds and updates groups. The list of members is the group's
// membership of now, so those who left go; an empty list says that it is not
// known, and changes nothing. Only what differs is written.
func saveGroups(tx *gorm.DB, groups []model.Group) error {
	if len(groups) == 0 {
		return nil
	}
	ids := make([]model.ConversationID, len(groups))
	for i, g := range groups {
		ids[i] = g.ConversationID
	}
	held, err := participantsOf(tx, ids)
	if err != nil {
		return err
	}
	var groupArgs, memberArgs []any
	for _, g := range groups {
		groupArgs = append(groupArgs, int64(g.ConversationID), g.Subject, g.Description, string(g.OwnerJID),
			int64(g.CreatedAt), g.AnnounceOnly, g.InfoLocked)
		added, gone := compareMembers(g, held[g.ConversationID])
		memberArgs = append(memberArgs, added...)
		if len(gone) == 0 {
			continue
		}
		list, err := jsonTexts(gone)
		if err != nil {
			return err
		}
		err = exec(tx, "DELETE FROM group_participants WHERE conversation_id = ? AND jid IN (SELECT value FROM json_each(?))",
			int64(g.ConversationID), list)
		if err != nil {
			return err
		}
	}
	err = insertAll(tx, `INSERT INTO "groups" (conversation_id, subject, description, owner_jid, created_at, announce_only, info_locked)`,
		7, ` ON CONFLICT (conversation_id) DO UPDATE SET subject = excluded.subject, description = excluded.description,
		owner_jid = excluded.owner_jid, created_at = excluded.created_at, announce_only = excluded.announce_only,
		info_locked = excluded.info_locked
		WHERE (subject, description, owner_jid, created_at, announce_only, info_locked) IS NOT
		(excluded.subject, excluded.description, excluded.owner_jid, excluded.created_at, excluded.announce_only, excluded.info_locked)`,
		groupArgs)
	if err != nil {
		return err
	}
	return insertAll(tx, "INSERT INTO group_participants (conversation_id, jid, is_admin, is_super_admin)", 4,
		` ON CONFLICT (conversation_id, jid) DO UPDATE SET is_admin = excluded.is_admin, is_super_admin = excluded.is_super_admin`,
		memberArgs)
}

// compareMembers returns the values of members to write and the identifiers of those who left.
func compareMembers(g model.Group, held []model.Participant) (added []any, gone []model.JID) {
	if len(g.Participants) == 0 {
		return nil, nil
	}
	known := make(map[model.JID]model.Participant, len(held))
	for _, p := range held {
		known[p.JID] = p
	}
	now := make(map[model.JID]bool, len(g.Participants))
	for _, p := range g.Participants {
		now[p.JID] = true
		old, ok := known[p.JID]
		if !ok || old.IsAdmin != p.IsAdmin || old.IsSuperAdmin != p.IsSuperAdmin {
			added = append(added, int64(g.ConversationID), string(p.JID), p.IsAdmin, p.IsSuperAdmin)
		}
	}
	for _, p := range held {
		if !now[p.JID] {
			gone = append(gone, p.JID)
		}
	}
	return added, gone
}
