package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// ConversationIndex returns every conversation of a session by its identifier.
func (s *Store) ConversationIndex(ctx context.Context, id model.SessionID) (map[model.JID]model.ConversationEntry, error) {
	index := make(map[model.JID]model.ConversationEntry)
	err := s.readIndex(ctx, "read the index of conversations", conversationIndexQuery, id, func(jid model.JID, held int64, f model.Fingerprint, notSeen bool) {
		index[jid] = model.ConversationEntry{ID: model.ConversationID(held), Fingerprint: f, NotSeen: notSeen}
	})
	return index, err
}

// MarkConversationsNotSeen notes that the gateway stopped naming conversations. Those marked already keep their instant.
func (s *Store) MarkConversationsNotSeen(ctx context.Context, ids []model.ConversationID, at model.Stamp) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, "mark conversations", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE conversations SET not_seen_since = ? WHERE not_seen_since = 0 AND id IN (SELECT value FROM json_each(?))",
			int64(at), jsonNumbers(ids))
	})
}

// MarkConversationsSeen notes that the gateway names conversations again.
func (s *Store) MarkConversationsSeen(ctx context.Context, ids []model.ConversationID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, "mark conversations", func(tx *gorm.DB) error {
		return exec(tx, "UPDATE conversations SET not_seen_since = 0 WHERE not_seen_since <> 0 AND id IN (SELECT value FROM json_each(?))",
			jsonNumbers(ids))
	})
}

// SaveConversations adds and updates conversations as the gateway's list names
// them, with their groups. The last message is only replaced by one that is not
// older, and never by a notice; a newest message that is named for the first
// time and not held sets Ledger.NeedsFetch, and the ack of a held one of the owner's
// goes up to what the list says. A conversation named twice counts
// as it was named last. What an open action changed stays.
func (s *Store) SaveConversations(ctx context.Context, id model.SessionID, conversations []model.ConversationIn, now model.Stamp) error {
	if len(conversations) == 0 {
		return nil
	}
	return s.write(ctx, "save conversations", func(tx *gorm.DB) error {
		jids := make([]model.JID, len(conversations))
		for i := range conversations {
			jids[i] = conversations[i].Conversation.JID
		}
		held, err := conversationsByJID(tx, id, jids)
		if err != nil {
			return err
		}
		unheld, err := takeNewest(tx, held, conversations)
		if err != nil {
			return err
		}
		merged := make(map[model.JID]*model.Conversation, len(conversations))
		order := make([]*model.Conversation, 0, len(conversations))
		for i := range conversations {
			in := &conversations[i]
			jid := in.Conversation.JID
			c := merged[jid]
			if c == nil {
				known, ok := held[jid]
				if !ok {
					known = newConversation(id, jid, now)
				}
				c = &known
				merged[jid] = c
				order = append(order, c)
			}
			mergeConversation(c, in, unheld[i], now)
		}
		if err := putConversations(tx, held, order); err != nil {
			return err
		}
		if err := saveGroups(tx, groupsNamed(conversations, merged)); err != nil {
			return err
		}
		if err := keepWishes(tx, id, model.OutboxRead, model.OutboxUnread, model.OutboxArchive, model.OutboxPin, model.OutboxMute); err != nil {
			return err
		}
		if err := linkConversations(tx, id, jids); err != nil {
			return err
		}
		if err := regroup(tx, id, jids); err != nil {
			return err
		}
		_, err = saveClaims(tx, id, toldOf(conversations, id, now))
		return err
	})
}

// groupsNamed gathers what the list says of groups.
func groupsNamed(conversations []model.ConversationIn, merged map[model.JID]*model.Conversation) (groups []model.Group) {
	for i := range conversations {
		if in := &conversations[i]; in.Group != nil {
			g := *in.Group
			g.ConversationID = merged[in.Conversation.JID].ID
			groups = append(groups, g)
		}
	}
	return groups
}

// toldOf gathers who is who, as the list of conversations tells it.
func toldOf(conversations []model.ConversationIn, id model.SessionID, now model.Stamp) (told []model.Identity) {
	for i := range conversations {
		for _, who := range conversations[i].Same {
			who.SessionID, who.FoundAt = id, now
			told = append(told, who)
		}
	}
	return told
}

// newConversation returns a conversation that nothing is known of yet.
func newConversation(id model.SessionID, jid model.JID, now model.Stamp) model.Conversation {
	return model.Conversation{SessionID: id, JID: jid, Kind: jid.Kind(), FirstSeenAt: now}
}

// mergeConversation takes over what the list says. unheld: its newest message is not held.
func mergeConversation(c *model.Conversation, in *model.ConversationIn, unheld bool, now model.Stamp) {
	heard := &in.Conversation
	forgetWrongTime(c, heard, now)
	if heard.Kind != "" {
		c.Kind = heard.Kind
	}
	if heard.Name != "" && heard.Name != c.OwnName {
		c.Name, c.OwnName = heard.Name, heard.Name
	}
	c.Unread = max(heard.Unread, 0)
	c.MarkedUnread, c.Pinned, c.Archived = heard.MarkedUnread, heard.Pinned, heard.Archived
	c.ReadOnly, c.Locked, c.MutedUntil = heard.ReadOnly, heard.Locked, heard.MutedUntil
	c.NotSeenSince = 0
	if c.Fingerprint = heard.Fingerprint; c.Fingerprint.IsZero() {
		c.Fingerprint = heard.ComputeFingerprint(in.Group)
	}
	noteNewest(c, heard, unheld)
	mergePreview(c, heard)
}

// noteNewest notes in the ledger that the list tells of something newer. A list that
// names no last message, or only a notice, still tells that the conversation moved
// (contract §9.3).
func noteNewest(c, heard *model.Conversation, unheld bool) {
	moved := heard.LastShortID == "" && heard.LastAt > c.LastAt && heard.LastAt > c.Ledger.Newest.Stamp()
	named := heard.LastShortID != "" && heard.LastShortID != c.LastShortID && unheld
	if named || moved {
		c.Ledger.NeedsFetch, c.Ledger.FetchTries = true, 0
	}
	if named && heard.LastType != "" && !heard.LastType.IsNotice() && heard.LastAt.Time().Unix() >= c.Ledger.Newest.Unix() {
		c.Ledger.ToldNewer = true
	}
}

// forgetWrongTime forgets a time of the last activity that cannot be right when one is
// told that can.
func forgetWrongTime(c, heard *model.Conversation, now model.Stamp) {
	if !c.LastAt.IsZero() && !model.PlausibleSecond(c.LastAt.Unix(), now) && model.PlausibleSecond(heard.LastAt.Unix(), now) {
		c.LastAt = 0
	}
}

// mergePreview takes over the last message that the list names.
func mergePreview(c, heard *model.Conversation) {
	switch {
	case heard.LastAt < c.LastAt: // a message that came by itself was faster than the list
	case heard.LastType.IsNotice():
		if heard.LastShortID != "" {
			c.LastShortID = heard.LastShortID
		}
		if c.LastAt == 0 {
			c.LastAt = heard.LastAt
		}
	case heard.LastShortID == "" && heard.LastType == "":
		c.LastAt = heard.LastAt // only the time of the last activity is known
	case heard.LastShortID == c.LastShortID && heard.LastFromMe == c.LastFromMe && c.LastType != "":
		c.LastAck = c.LastAck.Merge(heard.LastAck)
		if !c.LastType.IsGone() {
			c.LastAt, c.LastType, c.LastText, c.LastAuthor = heard.LastAt, heard.LastType, heard.LastText, heard.LastAuthor
		}
	default:
		c.LastMessageID = 0 // the one that is shown is the list's, and may not be held
		c.LastAt, c.LastShortID, c.LastFromMe, c.LastType = heard.LastAt, heard.LastShortID, heard.LastFromMe, heard.LastType
		c.LastText, c.LastAuthor, c.LastAck = heard.LastText, heard.LastAuthor, heard.LastAck
	}
	c.LastText = model.Preview(c.LastText)
}

// conversationsByJID reads those that are held.
func conversationsByJID(tx *gorm.DB, id model.SessionID, jids []model.JID) (map[model.JID]model.Conversation, error) {
	list, err := jsonTexts(jids)
	if err != nil {
		return nil, err
	}
	var found []model.Conversation
	if err := tx.Find(&found, "session_id = ? AND jid IN (SELECT value FROM json_each(?))", id, list).Error; err != nil {
		return nil, err
	}
	held := make(map[model.JID]model.Conversation, len(found))
	for _, c := range found {
		held[c.JID] = c
	}
	return held, nil
}

// takeNewest tells for each conversation whether the newest message that the list
// names is not held. Of an own one that is, it takes over the ack: where no events
// come, the list is all that tells of it.
func takeNewest(tx *gorm.DB, held map[model.JID]model.Conversation, conversations []model.ConversationIn) ([]bool, error) {
	unheld := make([]bool, len(conversations))
	keys := make([][3]any, 0, len(conversations))
	index := make([]int, 0, len(conversations))
	for i := range conversations {
		c := &conversations[i].Conversation
		if c.LastShortID == "" {
			continue
		}
		unheld[i] = true
		old, known := held[c.JID]
		if known && (old.Ledger.Newest != 0 || old.LastMessageID != 0) {
			keys = append(keys, [3]any{int64(old.ID), c.LastFromMe, string(c.LastShortID)})
			index = append(index, i)
		}
	}
	if len(keys) == 0 {
		return unheld, nil
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	raised := map[model.MessageID]model.Ack{}
	err = eachRow(tx, func(rows *sql.Rows) error {
		var i int
		var at model.MessageID
		var ack model.Ack
		if err := rows.Scan(&i, &at, &ack); err != nil {
			return err
		}
		unheld[index[i]] = false
		heard := &conversations[index[i]].Conversation
		if next := ack.Merge(heard.LastAck); heard.LastFromMe && next != ack {
			raised[at] = next
		}
		return nil
	}, `SELECT j.key, m.id, m.ack FROM json_each(?) j CROSS JOIN messages m
		ON m.conversation_id = j.value->>0 AND m.from_me = j.value->>1 AND m.short_id = j.value->>2`, string(list))
	if err != nil {
		return nil, err
	}
	return unheld, raiseAcks(tx, raised)
}

// raiseAcks writes how far own messages are known to have come.
func raiseAcks(tx *gorm.DB, acks map[model.MessageID]model.Ack) error {
	for id, ack := range acks {
		if err := exec(tx, "UPDATE messages SET ack = ? WHERE id = ?", int(ack), int64(id)); err != nil {
			return err
		}
	}
	return nil
}

// putConversations inserts the new ones and updates those that differ from what is held.
func putConversations(tx *gorm.DB, held map[model.JID]model.Conversation, conversations []*model.Conversation) error {
	var fresh []*model.Conversation
	for _, c := range conversations {
		if c.ID == 0 {
			c.SearchText = searchText(c.JID, "", c.Name)
			fresh = append(fresh, c)
			continue
		}
		if err := updateConversation(tx, held[c.JID], c); err != nil {
			return err
		}
	}
	return tx.CreateInBatches(fresh, insertRows).Error
}

// updateConversation writes a conversation if it differs from what is held.
func updateConversation(tx *gorm.DB, held model.Conversation, c *model.Conversation) error {
	if c.Name != held.Name { // else it is found by all that the person is called, see regroup
		c.SearchText = searchText(c.JID, "", c.Name)
	}
	if sameConversation(held, *c) {
		return nil
	}
	return tx.Select("*").Where("id = ?", c.ID).Updates(c).Error
}

// sameConversation compares everything, the linked contact by its key.
func sameConversation(a, b model.Conversation) bool {
	linked := func(c *model.Conversation) (id model.ContactID) {
		if c.ContactID != nil {
			id = *c.ContactID
		}
		c.ContactID = nil
		return id
	}
	return linked(&a) == linked(&b) && a == b
}

// linkConversations links conversations with the contacts of the same
// identifiers, and gives them the pictures that were found for those.
func linkConversations(tx *gorm.DB, id model.SessionID, jids []model.JID) error {
	list, err := jsonTexts(jids)
	if err != nil {
		return err
	}
	return exec(tx, `UPDATE conversations SET contact_id = k.id,
		avatar_hash = CASE WHEN conversations.avatar_at = 0 THEN k.avatar_hash ELSE conversations.avatar_hash END,
		avatar_tries = CASE WHEN conversations.avatar_at = 0 THEN k.avatar_tries ELSE conversations.avatar_tries END,
		avatar_at = CASE WHEN conversations.avatar_at = 0 THEN k.avatar_at ELSE conversations.avatar_at END
		FROM contacts k
		WHERE conversations.session_id = ? AND conversations.contact_id IS NULL
		AND conversations.jid IN (SELECT value FROM json_each(?))
		AND k.session_id = conversations.session_id AND k.jid = conversations.jid`, int64(id), list)
}

// EnsureConversation returns the conversation with somebody, and makes it when there is none.
func (s *Store) EnsureConversation(ctx context.Context, id model.SessionID, jid model.JID, name string, now model.Stamp) (model.Conversation, error) {
	var c model.Conversation
	err := s.write(ctx, "add a conversation", func(tx *gorm.DB) error {
		held, err := conversationsByJID(tx, id, []model.JID{jid})
		if err != nil {
			return err
		}
		if known, ok := held[jid]; ok {
			c = known
			return nil
		}
		fresh := newConversation(id, jid, now)
		fresh.Name, fresh.OwnName = name, name
		if err := putConversations(tx, nil, []*model.Conversation{&fresh}); err != nil {
			return err
		}
		if err := linkConversations(tx, id, []model.JID{jid}); err != nil {
			return err
		}
		if err := regroup(tx, id, []model.JID{jid}); err != nil {
			return err
		}
		return tx.Take(&c, "id = ?", fresh.ID).Error
	})
	return c, err
}

// Conversation returns a conversation by its key.
func (s *Store) Conversation(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	var c model.Conversation
	err := s.read(ctx, "read a conversation", func(tx *gorm.DB) error { return tx.Take(&c, "id = ?", id).Error })
	return c, err
}

// ConversationByJID returns a conversation by its exact identifier.
func (s *Store) ConversationByJID(ctx context.Context, id model.SessionID, jid model.JID) (model.Conversation, error) {
	var c model.Conversation
	err := s.read(ctx, "read a conversation", func(tx *gorm.DB) error {
		return tx.Take(&c, "session_id = ? AND jid = ?", id, jid).Error
	})
	return c, err
}

// UpdateConversation reads a conversation, lets change alter it and writes it
// if anything differs, in one transaction. The key, the session and the
// identifier stay.
func (s *Store) UpdateConversation(ctx context.Context, id model.ConversationID, change func(*model.Conversation)) (bool, error) {
	changed := false
	err := s.write(ctx, "update a conversation", func(tx *gorm.DB) error {
		var held model.Conversation
		if err := tx.Take(&held, "id = ?", id).Error; err != nil {
			return err
		}
		c := held
		if held.ContactID != nil { // so that change cannot alter held through the pointer
			contact := *held.ContactID
			c.ContactID = &contact
		}
		change(&c)
		c.ID, c.SessionID, c.JID = held.ID, held.SessionID, held.JID
		if c.Name != held.Name {
			c.OwnName = c.Name
		}
		changed = !sameConversation(held, c)
		return updateConversation(tx, held, &c)
	})
	return changed && err == nil, err
}
