package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// Outbox are the use cases on what goes out.
type Outbox struct{ a *App }

// Send stores a message and returns; the engine carries it as soon as it can, and
// how that goes comes as events. In the window only: an engine that does just what
// it is told leaves the message queued.
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
	sent, err := c.a.Outbox.wait(ctx, item.ID)
	if err != nil {
		c.a.Outbox.abandon(ctx, item.ID, err)
		return c.a.Outbox.standing(ctx, item.ID, err)
	}
	return sent, nil
}

// standing returns a row that nobody waits for any more, because of an error: one
// that may have gone, or has, tells by its state what is known of it, and must not
// look like one that was not sent. The error comes with any other.
func (o *Outbox) standing(ctx context.Context, id model.OutboxID, cause error) (model.OutboxItem, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	item, err := o.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return item, errors.Join(cause, err)
	}
	switch item.State {
	case model.OutboxSending, model.OutboxUnknown, model.OutboxSent:
		o.a.Log.WithError(cause).Warn("wait for the fate of a message")
		return item, nil
	}
	return item, cause
}

// abandon keeps a message from going by itself later that somebody waited for, and
// for which nothing was called. One that is being sent is left to its end.
func (o *Outbox) abandon(ctx context.Context, id model.OutboxID, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := o.a.Store.AbandonOutbox(ctx, id, string(o.a.Describe(cause).Kind), model.StampOf(o.a.now()))
	if err != nil && !errors.Is(err, store.ErrConflict) {
		o.a.Log.WithError(err).Warn("give up a message")
	}
}

// wait sends a stored message. When its fate is unknown it looks for it a few
// times more: the gateway shows what it sent some seconds later.
func (o *Outbox) wait(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := o.a.engine.Send(ctx, id)
	if err != nil {
		return item, err
	}
	for wait := o.a.lookWait; item.State == model.OutboxUnknown && wait <= 4*o.a.lookWait; wait *= 2 {
		select {
		case <-ctx.Done():
			return item, nil // that it is not known is what there is to tell
		case <-time.After(wait):
		}
		found, rerr := o.a.engine.Resolve(ctx, id)
		if rerr != nil {
			o.a.Log.WithError(rerr).Debug("look for the message again")
			continue
		}
		item = found
	}
	return item, nil
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
		if l := out.Location; !(math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180) { // NaN is not
			return model.OutboxItem{}, &InputError{What: "location"}
		}
		item.Kind, payload.Location = model.OutboxLocation, out.Location
	case out.Contact != "":
		if out.Contact.Phone() == "" { // the gateway takes any other for a number (contract §5.2)
			return model.OutboxItem{}, &InputError{What: "contact"}
		}
		item.Kind, payload.Contact = model.OutboxContact, out.Contact
	case out.Poll != nil:
		poll, ok := cleanPoll(out.Poll)
		if !ok || strings.TrimSpace(text) == "" {
			return model.OutboxItem{}, &InputError{What: "poll"}
		}
		item.Kind, payload.Poll = model.OutboxPoll, poll
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

// cleanPoll takes out of the choices of a poll what cannot be shown; ok is false
// when there are too few or too many, or two that cannot be told apart.
func cleanPoll(poll *model.OutgoingPoll) (clean *model.OutgoingPoll, ok bool) {
	clean = &model.OutgoingPoll{Multiple: poll.Multiple}
	for _, option := range poll.Options {
		option = model.CleanLine(option, model.MaxName)
		if option == "" || slices.Contains(clean.Options, option) {
			return nil, false
		}
		clean.Options = append(clean.Options, option)
	}
	n := len(clean.Options)
	return clean, n >= model.MinPollOptions && n <= model.MaxPollOptions
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
	answer, err := c.a.Store.AnswerTo(ctx, id)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("find where an answer goes: %w", err)
	}
	if out.Quote != 0 {
		quoted, err := c.a.Store.Message(ctx, out.Quote)
		if err != nil {
			return model.OutboxItem{}, fmt.Errorf("load the message that is answered: %w", err)
		}
		item.QuotedShortID, item.Target = quoted.ShortID, out.Quote
		answer = quoted.ConversationID // a quote is looked for in its own conversation
	}
	item.SessionID, item.ConversationID = conversation.SessionID, answer
	item.State, item.CreatedAt = model.OutboxQueued, model.StampOf(c.a.now())
	item, err = c.a.Store.AddOutbox(ctx, item)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("store the message before sending it: %w", err)
	}
	c.a.Events.Publish(event.Batch{Outbox: event.Of(id, item.ConversationID)})
	return item, nil
}

// Get returns one outgoing row as it stands.
func (o *Outbox) Get(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	return o.a.Store.OutboxItem(ctx, id)
}

// List returns outgoing rows of all sessions in the order of sending, and why
// those that are queued wait, or the look for those of unknown fate. NextAt is exact for the row that goes next; those
// behind it go later than that.
func (o *Outbox) List(ctx context.Context, q model.OutboxQuery) ([]model.OutboxRow, error) {
	rows, err := o.a.Store.ListOutbox(ctx, q)
	if err != nil {
		return nil, err
	}
	known := map[model.SessionID]prospect{}
	for i := range rows {
		row := &rows[i]
		looked := row.State == model.OutboxUnknown && !row.NotFound
		if row.State != model.OutboxQueued && !looked || row.Waits == model.WaitsAsks {
			continue
		}
		p, ok := known[row.SessionID]
		if !ok {
			if p, err = o.prospect(ctx, row.SessionID); err != nil {
				return nil, err
			}
			known[row.SessionID] = p
		}
		switch {
		case !p.connected:
			row.Waits = model.WaitsOffline
		case looked:
		case row.Waits == "" && p.next > model.StampOf(o.a.now()) && model.BecomesMessage(row.Kind):
			row.Waits, row.NextAt = model.WaitsPace, p.next
		}
	}
	return rows, nil
}

// prospect is what a session's outbox waits for as a whole.
type prospect struct {
	connected bool
	next      model.Stamp // when the pace lets the next message go
}

func (o *Outbox) prospect(ctx context.Context, id model.SessionID) (prospect, error) {
	next, err := o.a.engine.SendingAt(ctx, id)
	if err != nil {
		return prospect{}, fmt.Errorf("find out when the next message goes: %w", err)
	}
	return prospect{connected: o.a.engine.Connected(id), next: next}, nil
}

// Counts tells how many outgoing rows stand where, over all sessions.
func (o *Outbox) Counts(ctx context.Context) (model.OutboxCounts, error) {
	return o.a.Store.CountOutbox(ctx)
}

// Edit changes the text of a message that waits or was refused; a refused one is
// queued again by that. An empty text is an InputError, except as a caption.
func (o *Outbox) Edit(ctx context.Context, id model.OutboxID, text string) error {
	text, err := cleanOutgoing(text)
	if err != nil {
		return err
	}
	return o.change(ctx, id, "change the message", func(item model.OutboxItem) error {
		if item.Kind != model.OutboxFile && strings.TrimSpace(text) == "" {
			return &InputError{What: "text"}
		}
		return o.a.Store.EditOutbox(ctx, id, text, model.StampOf(o.a.now()))
	})
}

// Move puts a message that waits before another one of its conversation; zero: to the end.
func (o *Outbox) Move(ctx context.Context, id, before model.OutboxID) error {
	return o.change(ctx, id, "move the message", func(model.OutboxItem) error {
		return o.a.Store.MoveOutbox(ctx, id, before)
	})
}

// SendAgain queues a message that failed or whose fate is unknown once more, as
// the owner decided.
func (o *Outbox) SendAgain(ctx context.Context, id model.OutboxID) error {
	return o.change(ctx, id, "queue the message again", func(model.OutboxItem) error {
		return o.a.Store.RequeueOutbox(ctx, id, model.StampOf(o.a.now()))
	})
}

// Release lets a message go that asked because it is old.
func (o *Outbox) Release(ctx context.Context, id model.OutboxID) error {
	return o.change(ctx, id, "let the message go", func(model.OutboxItem) error {
		return o.a.Store.ReleaseOutbox(ctx, id, model.StampOf(o.a.now()))
	})
}

// Forget removes an outgoing row that was not sent, also one that waits, as the
// owner decided. One that is being sent stays.
func (o *Outbox) Forget(ctx context.Context, id model.OutboxID) error {
	return o.change(ctx, id, "forget the message", func(model.OutboxItem) error {
		return o.a.Store.DeleteOutbox(ctx, id)
	})
}

// Resolve looks now for a message of unknown fate and returns what is known of it then.
func (o *Outbox) Resolve(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	return o.a.engine.Resolve(ctx, id)
}

// SendNow sends a stored row that waits, and waits for its fate, as the command line does.
func (o *Outbox) SendNow(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := o.wait(ctx, id)
	if err != nil {
		return o.standing(ctx, id, err)
	}
	return item, nil
}

// AskIfOld lets a row that waits for longer than the settings allow wait for the
// owner's word, and tells whether it does.
func (o *Outbox) AskIfOld(ctx context.Context, item model.OutboxItem) (asks bool, err error) {
	if item.Asks || !item.TooOld(o.a.now(), o.a.settings.Current().OutboxAskHours) {
		return item.Asks, nil
	}
	return true, o.change(ctx, item.ID, "let the message wait for the owner", func(model.OutboxItem) error {
		return o.a.Store.AskOutbox(ctx, item.ID)
	})
}

// change does what an owner decided about a row, tells the views and lets the engine look.
func (o *Outbox) change(ctx context.Context, id model.OutboxID, doing string, change func(model.OutboxItem) error) error {
	item, err := o.a.Store.OutboxItem(ctx, id)
	if err != nil {
		return fmt.Errorf("load the outgoing message: %w", err)
	}
	if err := change(item); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	o.a.Events.Publish(event.Batch{Outbox: event.Of(item.ConversationID)})
	o.a.engine.Carry(item.SessionID)
	return nil
}
