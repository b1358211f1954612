package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// MaxTextRunes is the longest text that can be sent, in characters: WhatsApp's own limit.
const MaxTextRunes = 65_536

// resolveWait is the first wait before a message of unknown fate is looked for again.
const resolveWait = 2 * time.Second

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

// Outbox returns what was written in a conversation and is not sent, oldest first.
func (c *Conversations) Outbox(ctx context.Context, id model.ConversationID) ([]model.OutboxItem, error) {
	return c.a.Store.Outbox(ctx, id)
}

// FetchMessages brings the newest messages from the gateway.
func (c *Conversations) FetchMessages(ctx context.Context, id model.ConversationID) (model.Counts, error) {
	return c.a.engine.FetchMessages(ctx, id)
}

// FetchOlder asks the gateway for messages older than those that are held.
func (c *Conversations) FetchOlder(ctx context.Context, id model.ConversationID) (model.Counts, bool, error) {
	return c.a.engine.FetchOlder(ctx, id)
}

// Send stores a text and returns; how the sending goes comes as events.
func (c *Conversations) Send(ctx context.Context, id model.ConversationID, text string) (model.OutboxID, error) {
	item, err := c.storeText(ctx, id, text)
	if err != nil {
		return 0, err
	}
	c.carry(item.ID)
	return item.ID, nil
}

// SendAndWait stores a text, sends it and waits for its fate, which the state
// of the item tells: sent, failed or unknown.
func (c *Conversations) SendAndWait(ctx context.Context, id model.ConversationID, text string) (model.OutboxItem, error) {
	item, err := c.storeText(ctx, id, text)
	if err != nil {
		return model.OutboxItem{}, err
	}
	return c.sendAndWait(ctx, item.ID)
}

// sendAndWait sends a stored message. When its fate is unknown it looks for it
// a few times more: the gateway shows what it sent some seconds later.
func (c *Conversations) sendAndWait(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := c.a.engine.Send(ctx, id)
	for wait := resolveWait; err == nil && item.State == model.OutboxUnknown && wait <= 4*resolveWait; wait *= 2 {
		select {
		case <-ctx.Done():
			return item, ctx.Err()
		case <-time.After(wait):
		}
		found, rerr := c.a.engine.Resolve(ctx, id)
		if rerr != nil {
			c.a.Log.WithError(rerr).Debug("look for the message again")
			continue
		}
		item = found
	}
	return item, err
}

// SendFileAndWait takes a copy of a file, stores that it is to be sent, sends it
// and waits for its fate. The text is its caption and may be empty.
func (c *Conversations) SendFileAndWait(ctx context.Context, id model.ConversationID, path, caption string) (model.OutboxItem, error) {
	file, err := c.a.takeFile(path)
	if err != nil {
		return model.OutboxItem{}, err
	}
	payload, err := json.Marshal(file)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("describe the file: %w", err)
	}
	text, err := cleanOutgoing(caption)
	if err != nil {
		return model.OutboxItem{}, err
	}
	item, err := c.store(ctx, id, model.OutboxItem{Kind: model.OutboxFile, Text: text, Payload: string(payload)})
	if err != nil {
		return model.OutboxItem{}, err
	}
	return c.sendAndWait(ctx, item.ID)
}

func (c *Conversations) storeText(ctx context.Context, id model.ConversationID, text string) (model.OutboxItem, error) {
	text, err := cleanOutgoing(text)
	if err != nil {
		return model.OutboxItem{}, err
	}
	if strings.TrimSpace(text) == "" {
		return model.OutboxItem{}, &InputError{What: "text"}
	}
	return c.store(ctx, id, model.OutboxItem{Kind: model.OutboxText, Text: text})
}

// cleanOutgoing takes out of a text what cannot be shown, and refuses one that is too long.
func cleanOutgoing(text string) (string, error) {
	text, cut := model.CleanText(text, 4*MaxTextRunes)
	if cut || utf8.RuneCountInString(text) > MaxTextRunes {
		return "", &InputError{What: "text"}
	}
	return text, nil
}

// store commits an outgoing message before anything is called.
func (c *Conversations) store(ctx context.Context, id model.ConversationID, item model.OutboxItem) (model.OutboxItem, error) {
	conversation, err := c.a.Store.Conversation(ctx, id)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("load the conversation: %w", err)
	}
	item.SessionID, item.ConversationID = conversation.SessionID, id
	item.State, item.CreatedAt = model.OutboxQueued, model.StampOf(c.a.now())
	item, err = c.a.Store.AddOutbox(ctx, item)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("store the message before sending it: %w", err)
	}
	c.a.Events.Publish(event.Batch{Outbox: event.Of(id)})
	return item, nil
}

// carry sends a stored message on a goroutine of the App.
func (c *Conversations) carry(id model.OutboxID) {
	c.a.wg.Go(func() {
		if _, err := c.a.engine.Send(c.a.life, id); err != nil {
			c.a.Log.WithError(err).Warn("send a message")
		}
	})
}

// SendAgain queues a message that failed or whose fate is unknown once more, as
// the owner decided.
func (c *Conversations) SendAgain(ctx context.Context, id model.OutboxID) error {
	item, err := c.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return fmt.Errorf("load the outgoing message: %w", err)
	}
	if err := c.a.Store.RequeueOutbox(ctx, id); err != nil {
		return fmt.Errorf("queue the message again: %w", err)
	}
	c.a.Events.Publish(event.Batch{Outbox: event.Of(item.ConversationID)})
	c.carry(id)
	return nil
}

// Forget removes an outgoing message that was not sent, as the owner decided.
func (c *Conversations) Forget(ctx context.Context, id model.OutboxID) error {
	item, err := c.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return fmt.Errorf("load the outgoing message: %w", err)
	}
	if err := c.a.Store.DeleteOutbox(ctx, id); err != nil {
		return fmt.Errorf("forget the message: %w", err)
	}
	c.a.Events.Publish(event.Batch{Outbox: event.Of(item.ConversationID)})
	return nil
}

// MarkRead tells the gateway that the conversation was read.
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
