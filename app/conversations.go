package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// MaxTextRunes is the longest text that can be sent, in characters: WhatsApp's own limit.
const MaxTextRunes = 65_536

// Conversations are the use cases on conversations and their messages.
type Conversations struct{ a *App }

// List returns a page of the conversation list.
func (c *Conversations) List(ctx context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	return c.a.Store.Conversations(ctx, q)
}

// Order returns the keys of all conversations of a query in the order of the list.
func (c *Conversations) Order(ctx context.Context, q model.ConversationQuery) ([]model.ConversationID, error) {
	return c.a.Store.ConversationOrder(ctx, q)
}

// Rows returns rows of the conversation list by their keys, in that order.
func (c *Conversations) Rows(ctx context.Context, ids []model.ConversationID) ([]model.ConversationRow, error) {
	return c.a.Store.ConversationRows(ctx, ids)
}

// Labels returns the labels of a business account; others have none.
func (c *Conversations) Labels(ctx context.Context, id model.SessionID) ([]model.Label, error) {
	return c.a.Store.Labels(ctx, id)
}

// Get returns one conversation; of several with one person, what they come to.
func (c *Conversations) Get(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return c.a.Store.ShownConversation(ctx, id)
}

// Find returns the conversation with an identifier, as the command line names it.
func (c *Conversations) Find(ctx context.Context, session model.SessionID, text string) (model.Conversation, error) {
	jid, err := c.a.readChat(text)
	if err != nil {
		return model.Conversation{}, err
	}
	held, err := c.a.Store.ConversationWith(ctx, session, jid)
	if err != nil {
		return model.Conversation{}, err
	}
	return c.a.Store.ShownConversation(ctx, held)
}

// Open returns the conversation with an identifier or number; one that is not
// known yet is made, without asking the gateway.
func (c *Conversations) Open(ctx context.Context, session model.SessionID, text string) (model.Conversation, error) {
	jid, err := c.a.readChat(text)
	if err != nil {
		return model.Conversation{}, err
	}
	held, err := c.a.Store.ConversationWith(ctx, session, jid)
	if errors.Is(err, store.ErrNotFound) {
		return c.a.Store.EnsureConversation(ctx, session, jid, "", model.StampOf(c.a.now()))
	}
	if err != nil {
		return model.Conversation{}, fmt.Errorf("find the conversation: %w", err)
	}
	return c.a.Store.ShownConversation(ctx, held)
}

// ReadID reads an identifier, or a phone number in any form, without asking
// anybody; what is neither is an InputError.
func (c *Conversations) ReadID(text string) (model.JID, error) { return c.a.readChat(text) }

// readChat reads an identifier, or a phone number in any form.
func (a *App) readChat(text string) (model.JID, error) {
	if strings.Contains(text, "@") {
		jid, err := model.ParseJID(strings.TrimSpace(text))
		if err != nil {
			return "", &InputError{What: "conversation"}
		}
		return jid, nil
	}
	phone, err := a.readPhone(text)
	if err != nil {
		return "", &InputError{What: "conversation"}
	}
	return model.JID(string(phone) + "@" + model.ServerPhone), nil
}

// Group returns what is known of a group.
func (c *Conversations) Group(ctx context.Context, id model.ConversationID) (model.Group, error) {
	return c.a.Store.Group(ctx, id)
}

// Messages returns a page of a conversation, oldest first.
func (c *Conversations) Messages(ctx context.Context, q model.MessageQuery) ([]model.MessageRow, error) {
	return c.a.Store.Messages(ctx, q)
}

// FirstUnread returns the first message that was not read, zero when nothing is unread.
func (c *Conversations) FirstUnread(ctx context.Context, id model.ConversationID) (model.MessageID, error) {
	return c.a.Store.FirstUnread(ctx, id)
}

// Quoted returns the newest message with the gateway's id, zero when it is not held.
func (c *Conversations) Quoted(ctx context.Context, id model.ConversationID, short model.ShortID) (model.MessageID, error) {
	return c.a.Store.Quoted(ctx, id, short)
}

// FetchMessages brings the newest messages from the gateway.
func (c *Conversations) FetchMessages(ctx context.Context, id model.ConversationID) (model.Counts, error) {
	var sum model.Counts
	err := c.each(ctx, id, named, func(id model.ConversationID) error {
		counts, err := c.a.engine.FetchMessages(ctx, id)
		sum.Add(counts)
		return err
	})
	return sum, err
}

// named tells whether the gateway still names a conversation.
func named(c model.Conversation) bool { return c.NotSeenSince.IsZero() }

// FetchOlder asks the gateway for messages older than those that are held.
func (c *Conversations) FetchOlder(ctx context.Context, id model.ConversationID) (model.Counts, bool, error) {
	var sum model.Counts
	more := false
	err := c.each(ctx, id, named, func(id model.ConversationID) error {
		counts, again, err := c.a.engine.FetchOlder(ctx, id)
		sum.Add(counts)
		more = more || again
		return err
	})
	return sum, more, err
}

// each does something with those conversations of a thread that it concerns, and
// when it concerns none, with the one that answers go to or, when the gateway names that
// no more, with the one of those it names that moved last.
func (c *Conversations) each(ctx context.Context, id model.ConversationID, concerns func(model.Conversation) bool, do func(model.ConversationID) error) error {
	done, err := c.those(ctx, id, concerns, do)
	if err != nil || done {
		return err
	}
	answer, err := c.a.Store.AnswerTo(ctx, id)
	if err != nil {
		return fmt.Errorf("find where an answer goes: %w", err)
	}
	parts, err := c.parts(ctx, id)
	if err != nil {
		return err
	}
	parts = slices.DeleteFunc(parts, func(held model.Conversation) bool { return !named(held) })
	if len(parts) == 0 || slices.ContainsFunc(parts, func(held model.Conversation) bool { return held.ID == answer }) {
		return do(answer)
	}
	return do(slices.MaxFunc(parts, func(a, b model.Conversation) int { return cmp.Compare(a.LastAt, b.LastAt) }).ID)
}

// those does something with those conversations of a thread that it concerns, and tells
// whether there are any.
func (c *Conversations) those(ctx context.Context, id model.ConversationID, concerns func(model.Conversation) bool, do func(model.ConversationID) error) (done bool, err error) {
	parts, err := c.parts(ctx, id)
	if err != nil {
		return false, err
	}
	for _, held := range parts {
		if !concerns(held) {
			continue
		}
		done = true
		if err := do(held.ID); err != nil {
			return done, err
		}
	}
	return done, nil
}

// parts loads the conversations of a thread, the one that stands for them first.
func (c *Conversations) parts(ctx context.Context, id model.ConversationID) ([]model.Conversation, error) {
	ids, err := c.a.Store.Thread(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load the conversations with a person: %w", err)
	}
	parts := make([]model.Conversation, 0, len(ids))
	for _, part := range ids {
		held, err := c.a.Store.Conversation(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("load a conversation with a person: %w", err)
		}
		parts = append(parts, held)
	}
	return parts, nil
}

// MarkRead marks the conversation as read. This and the following are actions, see
// Act: what they change is seen at once, and while offline they wait.
func (c *Conversations) MarkRead(ctx context.Context, id model.ConversationID) error {
	unread := func(held model.Conversation) bool { return held.Unread > 0 || held.MarkedUnread }
	return c.each(ctx, id, unread, func(id model.ConversationID) error { return c.a.engine.MarkRead(ctx, id) })
}

// MarkUnread marks the conversation as unread by hand.
func (c *Conversations) MarkUnread(ctx context.Context, id model.ConversationID) error {
	nobody := func(model.Conversation) bool { return false }
	return c.each(ctx, id, nobody, func(id model.ConversationID) error { return c.a.engine.MarkUnread(ctx, id) })
}

// SetArchived archives the conversation or takes it out of the archive.
func (c *Conversations) SetArchived(ctx context.Context, id model.ConversationID, archived bool) error {
	differs := func(held model.Conversation) bool { return held.Archived != archived }
	ended, err := c.changeGone(ctx, id, differs, func(held *model.Conversation) { held.Archived = archived })
	if err != nil {
		return err
	}
	return c.eachNamed(ctx, id, ended, differs, func(id model.ConversationID) error { return c.a.engine.SetArchived(ctx, id, archived) })
}

// SetPinned pins or unpins the conversation.
func (c *Conversations) SetPinned(ctx context.Context, id model.ConversationID, pinned bool) error {
	// One pin is enough for all of them: WhatsApp gives three.
	differs := func(held model.Conversation) bool { return !pinned && held.Pinned }
	ended, err := c.changeGone(ctx, id, differs, func(held *model.Conversation) { held.Pinned = false })
	if err != nil {
		return err
	}
	return c.eachNamed(ctx, id, ended, differs, func(id model.ConversationID) error { return c.a.engine.SetPinned(ctx, id, pinned) })
}

// SetMuted silences the conversation until then: model.MutedForever, or zero to end it.
func (c *Conversations) SetMuted(ctx context.Context, id model.ConversationID, until model.Stamp) error {
	mutes := func(held model.Conversation) bool { return !held.MutedUntil.IsZero() }
	ended, err := c.changeGone(ctx, id, mutes, func(held *model.Conversation) { held.MutedUntil = 0 })
	if err != nil {
		return err
	}
	differs := func(held model.Conversation) bool { return held.MutedUntil != until }
	return c.eachNamed(ctx, id, ended, differs, func(id model.ConversationID) error { return c.a.engine.SetMuted(ctx, id, until) })
}

// eachNamed is each for the conversations that the gateway names, or for all of a person
// whom it does not name at all. Where it concerns none of them and ended tells that
// changeGone was enough, nobody is asked.
func (c *Conversations) eachNamed(ctx context.Context, id model.ConversationID, ended bool, concerns func(model.Conversation) bool, do func(model.ConversationID) error) error {
	both := func(held model.Conversation) bool { return named(held) && concerns(held) }
	if ended {
		_, err := c.those(ctx, id, both, do)
		return err
	}
	parts, err := c.parts(ctx, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(parts, named) {
		both = concerns
	}
	return c.each(ctx, id, both, do)
}

// changeGone changes here those conversations of a thread that it concerns and the
// gateway does not name any more, and tells whether there were some: what was left behind
// with an old identifier shows and counts for the person, and the gateway cannot change
// it. Should it name that again, what it says counts.
func (c *Conversations) changeGone(ctx context.Context, id model.ConversationID, concerns func(model.Conversation) bool, change func(*model.Conversation)) (changed bool, err error) {
	var old []model.ConversationID
	session := model.SessionID(0)
	gone := func(held model.Conversation) bool {
		if named(held) {
			session = held.SessionID
			return false
		}
		return concerns(held)
	}
	if _, err := c.those(ctx, id, gone, func(part model.ConversationID) error { old = append(old, part); return nil }); err != nil {
		return false, err
	}
	if session == 0 || len(old) == 0 { // of a person whom the gateway does not name at all it is asked
		return false, nil
	}
	for _, part := range old {
		_, err := c.a.Store.UpdateConversation(ctx, part, func(c *model.Conversation) {
			change(c)
			c.Fingerprint = model.Fingerprint{}
		})
		if err != nil {
			return false, fmt.Errorf("change a conversation under an identifier that is gone: %w", err)
		}
	}
	c.a.Events.Publish(event.Batch{Conversations: event.Of(session)})
	return true, nil
}

// SaveDraft keeps what is being written.
func (c *Conversations) SaveDraft(ctx context.Context, id model.ConversationID, text string) error {
	text, _ = model.CleanText(text, 4*MaxTextRunes)
	ids, err := c.a.Store.Thread(ctx, id)
	if err != nil {
		return fmt.Errorf("load the conversations with a person: %w", err)
	}
	conversation, err := c.a.Store.Conversation(ctx, ids[0])
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	changed := false
	for i, part := range ids { // the one that stands for all keeps it
		kept := ""
		if i == 0 {
			kept = text
		}
		altered, err := c.a.Store.UpdateConversation(ctx, part, func(c *model.Conversation) { c.Draft = kept })
		if err != nil {
			return fmt.Errorf("keep the draft: %w", err)
		}
		changed = changed || altered
	}
	if changed {
		c.a.Events.Publish(event.Batch{Conversations: event.Of(conversation.SessionID)})
	}
	return nil
}
