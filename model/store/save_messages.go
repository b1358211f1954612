package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// FetchOK is the outcome of a fetch without error.
const FetchOK = model.FetchOK

// MaxShortID is the longest short id that is accepted, in bytes.
const MaxShortID = 256

// identity is what tells messages apart (contract §10.2).
type identity struct {
	conversation model.ConversationID
	fromMe       bool
	short        model.ShortID
}

// entry is one message of a call on its way into the store.
type entry struct {
	model.Message
	second    int64 // at which it was sent, clamped to what a key can hold
	isNew     bool
	from      model.MessageID // the key that it had before its time was known; zero when it stays
	changed   bool            // the message, its file or its reactions differ from what is held
	dirty     bool            // the row of the message itself differs
	failed    bool            // no key is left in its second
	precedes  bool            // it is older than those held of its second
	listed    bool            // it is among the saver's entries
	versions  []model.MessageVersion
	media     *model.Media // as heard; after compareParts as to be written, or nil
	reactions map[model.JID]model.Reaction
	allKnown  bool // reactions are all there are
	put       []model.Reaction
	drop      []model.JID
}

// saver does one SaveMessages.
type saver struct {
	tx            *gorm.DB
	now           model.Stamp
	conversations map[model.ConversationID]*conversationState
	entries       []*entry // each message once, in the order of arrival
	index         map[identity]*entry
}

// conversationState is a conversation as it was and as it becomes.
type conversationState struct {
	held     model.Conversation
	current  model.Conversation
	heldGaps []model.Gap
	gaps     []model.Gap
	fetched  bool // a batch came from a fetch
	lost     bool // what it shows as its last message is another one now
}

// SaveMessages adds and updates messages of several conversations, with their
// files, reactions, earlier texts, the conversations' previews and the ledger,
// in one transaction; about 5,000 messages a call is fastest.
//
// A known message is merged by model.MergeMessage and written only if it
// differs. Where nothing differs nothing is written, except that the ledger's
// FetchedAt moves on when it is older than a minute: at most one small row for
// each conversation fetched. A message that cannot be kept (no usable short id,
// no key left in its second) is counted as failed and stops nothing.
//
// Keys follow time; within a second they follow the order of arrival, but what a
// fetch tells before all that is held of that second goes before it.
func (s *Store) SaveMessages(ctx context.Context, batches []model.MessageBatch, now model.Stamp) ([]model.BatchResult, error) {
	if len(batches) == 0 {
		return nil, nil
	}
	var results []model.BatchResult
	err := s.write(ctx, "save messages", func(tx *gorm.DB) error {
		v := &saver{
			tx: tx, now: now,
			conversations: make(map[model.ConversationID]*conversationState),
			index:         make(map[identity]*entry),
		}
		var err error
		results, err = v.save(batches)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (v *saver) save(batches []model.MessageBatch) ([]model.BatchResult, error) {
	if err := v.loadConversations(batches); err != nil {
		return nil, err
	}
	if err := v.loadMessages(batches); err != nil {
		return nil, err
	}
	firsts := make([][]*entry, len(batches)) // the entries of each batch that are named for the first time
	touched := make([][]*entry, len(batches))
	results := make([]model.BatchResult, len(batches))
	for i := range batches {
		results[i].ConversationID = batches[i].ConversationID
		results[i].ThreadID = v.conversations[batches[i].ConversationID].held.ThreadID
		firsts[i], touched[i] = v.merge(&batches[i], &results[i])
	}
	if err := v.compareParts(); err != nil {
		return nil, err
	}
	if err := v.allocateKeys(); err != nil {
		return nil, err
	}
	if err := v.rekey(); err != nil {
		return nil, err
	}
	if err := v.writeMessages(); err != nil {
		return nil, err
	}
	for _, state := range v.conversations {
		if state.lost {
			if err := v.showNewest(state); err != nil {
				return nil, err
			}
		}
	}
	for i := range batches {
		v.count(firsts[i], &results[i])
		v.updateConversation(&batches[i], touched[i], &results[i])
	}
	if err := v.writeConversations(); err != nil {
		return nil, err
	}
	return results, v.writeSame(batches)
}

// writeSame keeps who is who among the authors of messages that tell it.
func (v *saver) writeSame(batches []model.MessageBatch) error {
	told := map[model.SessionID]map[pair]model.Identity{}
	for i := range batches {
		session := v.conversations[batches[i].ConversationID].held.SessionID
		for j := range batches[i].Messages {
			for _, id := range batches[i].Messages[j].Same {
				if told[session] == nil {
					told[session] = map[pair]model.Identity{}
				}
				id.SessionID, id.FoundAt = session, v.now
				told[session][pair{id.LID, id.PhoneJID}] = id
			}
		}
	}
	for session, pairs := range told {
		if _, err := saveClaims(v.tx, session, slices.Collect(maps.Values(pairs))); err != nil {
			return err
		}
	}
	return nil
}

// loadConversations reads the conversations of the call; all must exist.
func (v *saver) loadConversations(batches []model.MessageBatch) error {
	ids := make([]model.ConversationID, 0, len(batches))
	for i := range batches {
		ids = append(ids, batches[i].ConversationID)
	}
	var found []model.Conversation
	if err := v.tx.Find(&found, "id IN (SELECT value FROM json_each(?))", jsonNumbers(ids)).Error; err != nil {
		return err
	}
	for _, c := range found {
		v.conversations[c.ID] = &conversationState{held: c, current: c}
	}
	for _, id := range ids {
		if v.conversations[id] == nil {
			return fmt.Errorf("conversation %d: %w", id, ErrNotFound)
		}
	}
	return v.loadGaps()
}

// emptyConversations returns those that hold nothing. The ledger knows of no message
// whose time was never told.
func (v *saver) emptyConversations() (map[model.ConversationID]bool, error) {
	var unsure []model.ConversationID
	for id, state := range v.conversations {
		if state.held.Ledger.Newest == 0 {
			unsure = append(unsure, id)
		}
	}
	empty := map[model.ConversationID]bool{}
	if len(unsure) == 0 {
		return empty, nil
	}
	ids, err := keysOf[model.ConversationID](v.tx, `SELECT j.value FROM json_each(?) j
		WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = j.value)`, jsonNumbers(unsure))
	for _, id := range ids {
		empty[id] = true
	}
	return empty, err
}

// loadMessages reads those that are held, in one query. A conversation that
// holds nothing yet is not asked about.
func (v *saver) loadMessages(batches []model.MessageBatch) error {
	empty, err := v.emptyConversations()
	if err != nil {
		return err
	}
	var keys [][3]any
	for i := range batches {
		b := &batches[i]
		if empty[b.ConversationID] {
			continue
		}
		for j := range b.Messages {
			if m := &b.Messages[j]; usable(m.ShortID) {
				keys = append(keys, [3]any{int64(b.ConversationID), m.FromMe, string(m.ShortID)})
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return eachRow(v.tx, func(rows *sql.Rows) error {
		e := new(entry)
		m := &e.Message
		err := rows.Scan(&m.ID, &m.ConversationID, &m.FromMe, &m.ShortID, &m.Serialized, &m.Type, &m.Text, &m.AuthorJID,
			&m.AuthorName, &m.Ack, &m.HasMedia, &m.Starred, &m.Forwarded, &m.Ephemeral, &m.EditedAt, &m.RevokedAt,
			&m.QuotedShortID, &m.QuotedAuthor, &m.QuotedText, &m.Details)
		if err != nil {
			return err
		}
		e.second = e.ID.Unix()
		v.index[identityOf(m)] = e
		return nil
	}, `SELECT m.id, m.conversation_id, m.from_me, m.short_id, m.serialized, m.type, m.text, m.author_jid, m.author_name,
		m.ack, m.has_media, m.starred, m.forwarded, m.ephemeral, m.edited_at, m.revoked_at,
		m.quoted_short_id, m.quoted_author, m.quoted_text, m.details
		FROM json_each(?) j CROSS JOIN messages m
		ON m.conversation_id = j.value->>0 AND m.from_me = j.value->>1 AND m.short_id = j.value->>2`, string(list))
}

func identityOf(m *model.Message) identity { return identity{m.ConversationID, m.FromMe, m.ShortID} }

// usable tells whether a short id can be kept and found again.
func usable(id model.ShortID) bool {
	return id != "" && len(id) <= MaxShortID && utf8.ValidString(string(id))
}

// merge brings the messages of a batch together with what is held and with
// earlier ones of the same call.
func (v *saver) merge(b *model.MessageBatch, result *model.BatchResult) (firsts, touched []*entry) {
	seen := make(map[*entry]bool, len(b.Messages))
	for i := range b.Messages {
		in := &b.Messages[i]
		if !usable(in.ShortID) {
			result.Counts.Failed++
			continue
		}
		heard := in.Message
		heard.ID, heard.ConversationID = 0, b.ConversationID
		key := identityOf(&heard)
		e := v.index[key]
		switch {
		case e == nil && in.Told.OnlyHeld():
			result.Unheld = append(result.Unheld, i)
			continue
		case e == nil:
			e = &entry{Message: heard, second: model.MessageIDAt(in.Unix).Unix(), isNew: true}
			v.index[key] = e
		default:
			e.retime(in, v.now)
			e.merge(e.asHeard(heard, in.Told), v.now)
		}
		e.take(in)
		if !e.listed {
			e.listed = true
			v.entries = append(v.entries, e)
			firsts = append(firsts, e)
		} else {
			result.Counts.Unchanged++
		}
		if !seen[e] {
			seen[e] = true
			touched = append(touched, e)
		}
	}
	if b.Fetch != nil || b.Part {
		order(touched)
	}
	return firsts, touched
}
