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

// resolveWait is the first wait before a message of unknown fate is looked for again.
const resolveWait = 2 * time.Second

// Outbox are the use cases on what goes out.
type Outbox struct{ a *App }

// Send stores a message and returns; how the sending goes comes as events.
func (c *Conversations) Send(ctx context.Context, id model.ConversationID, out model.Outgoing) (model.OutboxID, error) {
	item, err := c.store(ctx, id, out)
	if err != nil {
		return 0, err
	}
	c.a.engine.Carry(item.SessionID)
	return item.ID, nil
}

// SendAndWait stores a message, sends it and waits for its fate, which the state
// of the item tells: sent, failed or unknown.
func (c *Conversations) SendAndWait(ctx context.Context, id model.ConversationID, out model.Outgoing) (model.OutboxItem, error) {
	item, err := c.store(ctx, id, out)
	if err != nil {
		return model.OutboxItem{}, err
	}
	return c.a.Outbox.wait(ctx, item.ID)
}

// wait sends a stored message. When its fate is unknown it looks for it a few
// times more: the gateway shows what it sent some seconds later.
func (o *Outbox) wait(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := o.a.engine.Send(ctx, id)
	for wait := resolveWait; err == nil && item.State == model.OutboxUnknown && wait <= 4*resolveWait; wait *= 2 {
		select {
		case <-ctx.Done():
			return item, ctx.Err()
		case <-time.After(wait):
		}
		found, rerr := o.a.engine.Resolve(ctx, id)
		if rerr != nil {
			o.a.Log.WithError(rerr).Debug("look for the message again")
			continue
		}
		item = found
	}
	return item, err
}

// outgoingItem turns what an owner wants to send into a row of the outbox.
func outgoingItem(out model.Outgoing) (model.OutboxItem, error) {
	text, err := cleanOutgoing(out.Text)
	if err != nil {
		return model.OutboxItem{}, err
	}
	item := model.OutboxItem{Kind: model.OutboxText, Text: text}
	payload := model.OutboxPayload{Mentions: out.Mentions}
	switch {
	case out.File != nil:
		item.Kind, payload.File, payload.FileOptions = model.OutboxFile, out.File, &out.FileOptions
	case out.Location != nil:
		item.Kind, payload.Location = model.OutboxLocation, out.Location
	case out.Contact != "":
		item.Kind, payload.Contact = model.OutboxContact, out.Contact
	case out.Poll != nil:
		if n := len(out.Poll.Options); n < model.MinPollOptions || n > model.MaxPollOptions || strings.TrimSpace(text) == "" {
			return model.OutboxItem{}, &InputError{What: "poll"}
		}
		item.Kind, payload.Poll = model.OutboxPoll, out.Poll
	case strings.TrimSpace(text) == "":
		return model.OutboxItem{}, &InputError{What: "text"}
	}
	if item.Kind == model.OutboxText && len(payload.Mentions) == 0 {
		return item, nil
	}
	described, err := json.Marshal(payload)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("describe the message: %w", err)
	}
	item.Payload = string(described)
	return item, nil
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
func (c *Conversations) store(ctx context.Context, id model.ConversationID, out model.Outgoing) (model.OutboxItem, error) {
	item, err := outgoingItem(out)
	if err != nil {
		return model.OutboxItem{}, err
	}
	conversation, err := c.a.Store.Conversation(ctx, id)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("load the conversation: %w", err)
	}
	if out.Quote != 0 {
		quoted, err := c.a.Store.Message(ctx, out.Quote)
		if err != nil {
			return model.OutboxItem{}, fmt.Errorf("load the message that is answered: %w", err)
		}
		item.QuotedShortID, item.Target = quoted.ShortID, out.Quote
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

// SendAgain queues a message that failed or whose fate is unknown once more, as
// the owner decided.
func (o *Outbox) SendAgain(ctx context.Context, id model.OutboxID) error {
	item, err := o.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return fmt.Errorf("load the outgoing message: %w", err)
	}
	if err := o.a.Store.RequeueOutbox(ctx, id, model.StampOf(o.a.now())); err != nil {
		return fmt.Errorf("queue the message again: %w", err)
	}
	o.a.Events.Publish(event.Batch{Outbox: event.Of(item.ConversationID)})
	o.a.engine.Carry(item.SessionID)
	return nil
}

// Forget removes an outgoing message that was not sent, as the owner decided.
func (o *Outbox) Forget(ctx context.Context, id model.OutboxID) error {
	item, err := o.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return fmt.Errorf("load the outgoing message: %w", err)
	}
	if err := o.a.Store.DeleteOutbox(ctx, id); err != nil {
		return fmt.Errorf("forget the message: %w", err)
	}
	o.a.Events.Publish(event.Batch{Outbox: event.Of(item.ConversationID)})
	return nil
}

// SendAgain and Forget are what the conversation view asks of the outbox.
func (c *Conversations) SendAgain(ctx context.Context, id model.OutboxID) error {
	return c.a.Outbox.SendAgain(ctx, id)
}

// Forget removes an outgoing message that was not sent, as the owner decided.
func (c *Conversations) Forget(ctx context.Context, id model.OutboxID) error {
	return c.a.Outbox.Forget(ctx, id)
}
