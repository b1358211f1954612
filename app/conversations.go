package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
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

// Get returns one conversation.
func (c *Conversations) Get(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return c.a.Store.Conversation(ctx, id)
}

// Find returns the conversation with an identifier, as the command line names it.
func (c *Conversations) Find(ctx context.Context, session model.SessionID, text string) (model.Conversation, error) {
	jid, err := c.a.readChat(text)
	if err != nil {
		return model.Conversation{}, err
	}
	return c.a.Store.ConversationByJID(ctx, session, jid)
}

// Open returns the conversation with an identifier or number; one that is not
// known yet is made, without asking the gateway.
func (c *Conversations) Open(ctx context.Context, session model.SessionID, text string) (model.Conversation, error) {
	jid, err := c.a.readChat(text)
	if err != nil {
		return model.Conversation{}, err
	}
	return c.a.Store.EnsureConversation(ctx, session, jid, "", model.StampOf(c.a.now()))
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
	return c.a.engine.FetchMessages(ctx, id)
}

// FetchOlder asks the gateway for messages older than those that are held.
func (c *Conversations) FetchOlder(ctx context.Context, id model.ConversationID) (model.Counts, bool, error) {
	return c.a.engine.FetchOlder(ctx, id)
}

// MarkRead marks the conversation as read. This and the following are actions, see
// Act: what they change is seen at once, and while offline they wait.
func (c *Conversations) MarkRead(ctx context.Context, id model.ConversationID) error {
	return c.a.engine.MarkRead(ctx, id)
}

// MarkUnread marks the conversation as unread by hand.
func (c *Conversations) MarkUnread(ctx context.Context, id model.ConversationID) error {
	return c.a.engine.MarkUnread(ctx, id)
}

// SetArchived archives the conversation or takes it out of the archive.
func (c *Conversations) SetArchived(ctx context.Context, id model.ConversationID, archived bool) error {
	return c.a.engine.SetArchived(ctx, id, archived)
}

// SetPinned pins or unpins the conversation.
func (c *Conversations) SetPinned(ctx context.Context, id model.ConversationID, pinned bool) error {
	return c.a.engine.SetPinned(ctx, id, pinned)
}

// SetMuted silences the conversation until then: model.MutedForever, or zero to end it.
func (c *Conversations) SetMuted(ctx context.Context, id model.ConversationID, until model.Stamp) error {
	return c.a.engine.SetMuted(ctx, id, until)
}

// SaveDraft keeps what is being written.
func (c *Conversations) SaveDraft(ctx context.Context, id model.ConversationID, text string) error {
	text, _ = model.CleanText(text, 4*MaxTextRunes)
	conversation, err := c.a.Store.Conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	changed, err := c.a.Store.UpdateConversation(ctx, id, func(c *model.Conversation) { c.Draft = text })
	if err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	if changed {
		c.a.Events.Publish(event.Batch{Conversations: event.Of(conversation.SessionID)})
	}
	return nil
}
