package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// reconcileLimit is how many of a conversation's newest messages are read
	// when the fate of one is not known.
	reconcileLimit = 50
	// clockSkew is how far this computer's clock may be ahead of WhatsApp's
	// before an own message looks older than the attempt to send it.
	clockSkew = 2 * time.Minute
	// reconcileLongest is the longest wait between two looks.
	reconcileLongest = 10 * time.Minute
)

// errNoFile says that a row names no file.
var errNoFile = errors.New("it names no file")

// Send carries a stored outgoing message to the gateway, once, and returns
// when its fate is known or known to be unknown. The item says which:
// sent, failed (with a nil error here; the item holds the reason) or unknown.
// An item that is not queued is left as it is.
func (e *Engine) Send(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := e.p.Store.OutboxItem(ctx, id)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("load the outgoing message: %w", err)
	}
	w, err := e.worker(item.SessionID)
	if err != nil {
		return item, err
	}
	err = w.ask(ctx, func(context.Context) error {
		// Whoever asked may go: a send that has begun is followed to its end.
		return w.send(w.e.life, item)
	})
	if err != nil {
		return item, err
	}
	return e.p.Store.OutboxItem(ctx, id)
}

// Resolve looks once more for a message of unknown fate and returns what is
// known of it then.
func (e *Engine) Resolve(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := e.p.Store.OutboxItem(ctx, id)
	if err != nil || item.State != model.OutboxUnknown {
		return item, err
	}
	c, err := e.p.Store.Conversation(ctx, item.ConversationID)
	if err != nil {
		return item, fmt.Errorf("load the conversation: %w", err)
	}
	w, err := e.worker(item.SessionID)
	if err != nil {
		return item, err
	}
	if err := w.ask(ctx, func(ctx context.Context) error { _, err := w.resolve(ctx, c, item); return err }); err != nil {
		return item, err
	}
	return e.p.Store.OutboxItem(ctx, id)
}

func (w *worker) send(ctx context.Context, item model.OutboxItem) error {
	began := w.e.p.Now()
	c, err := w.e.p.Store.Conversation(ctx, item.ConversationID)
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	lost := w.requireConnected(ctx)
	w.rememberHeld(ctx, item)
	item, claimed, err := w.e.p.Store.ClaimOutbox(ctx, item.ID, w.e.stamp())
	if err != nil {
		return fmt.Errorf("write that the message is being sent: %w", err)
	}
	if !claimed {
		return nil // cancelled, or somebody else's
	}
	w.outboxChanged(c.ID)
	if lost != nil { // nothing was called: it is certain that nothing was sent
		return w.settle(ctx, c, item, model.OutboxFailed, "", lost, began)
	}
	content, options, err := w.content(item)
	if err != nil {
		return w.settle(ctx, c, item, model.OutboxFailed, "", err, began)
	}
	result, err := w.e.p.Gateway().SendMessage(ctx, w.name, string(c.JID), content, options)
	w.e.heard(err)
	w.lookIfLost(err)
	switch {
	case err == nil && result.Message != nil && result.Message.ID.Short != "":
		return w.sent(ctx, c, item, result.Message, began)
	case err != nil && gateway.NotSent(err):
		return w.settle(ctx, c, item, model.OutboxFailed, "", err, began)
	}
	// 500, time-out, an answer without the message: it may have been sent
	// (contract §12.1, §12.3). The conversation knows.
	if err == nil {
		err = ErrUnknownOutcome
	} else {
		err = fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
	}
	if serr := w.settle(ctx, c, item, model.OutboxUnknown, "", err, began); serr != nil {
		return serr
	}
	w.reconcile = w.e.p.Timing.Reconcile
	w.due.reconcile = w.e.p.Now().Add(w.reconcile)
	if _, rerr := w.resolve(ctx, c, item); rerr != nil {
		w.log.WithError(rerr).Debug("look for the message")
	}
	return nil
}

// rememberHeld keeps which own messages were held before an attempt: none of
// them can be the one that is being sent.
func (w *worker) rememberHeld(ctx context.Context, item model.OutboxItem) {
	rows, err := w.e.p.Store.Messages(ctx, model.MessageQuery{ConversationID: item.ConversationID, Limit: reconcileLimit})
	if err != nil {
		w.log.WithError(err).Debug("remember what is held before a send")
		return
	}
	held := map[model.ShortID]struct{}{}
	for _, row := range rows {
		if row.FromMe {
			held[row.ShortID] = struct{}{}
		}
	}
	w.before[item.ID] = held
}

// heldBefore tells whether a message was held before the attempt. After a kill
// that is not remembered: then one that looks older than the attempt and is
// held counts as such.
func (w *worker) heldBefore(ctx context.Context, item model.OutboxItem, m model.MessageIn) (bool, error) {
	if held, remembered := w.before[item.ID]; remembered {
		_, known := held[m.ShortID]
		return known, nil
	}
	if m.Unix >= item.AttemptedAt.Unix() {
		return false, nil
	}
	return w.e.p.Store.MessageHeld(ctx, item.ConversationID, true, m.ShortID)
}

// content returns what an item says on the wire.
func (w *worker) content(item model.OutboxItem) (gateway.Content, gateway.SendOptions, error) {
	if item.Kind != model.OutboxFile {
		return gateway.Text(item.Text), gateway.SendOptions{}, nil
	}
	var payload model.OutboxPayload
	if err := json.Unmarshal([]byte(item.Payload), &payload); err != nil || payload.File == nil {
		return nil, gateway.SendOptions{}, fmt.Errorf("read what is to be sent: %w", errors.Join(err, errNoFile))
	}
	file := *payload.File
	if w.e.p.Files == nil {
		return nil, gateway.SendOptions{}, errors.New("no place for files is known")
	}
	content := gateway.FileContent{Mimetype: file.MimeType, Filename: file.FileName, Size: file.Size,
		Open: func() (io.ReadCloser, error) { return w.e.p.Files.Open(file.SHA256) }}
	return content, gateway.SendOptions{Caption: item.Text}, nil
}

// sent keeps the message that the gateway answered with, then ends the item.
func (w *worker) sent(ctx context.Context, c model.Conversation, item model.OutboxItem, wire *gateway.Message, began time.Time) error {
	m, err := messageOf(wire)
	if err != nil {
		return w.settle(ctx, c, item, model.OutboxUnknown, "", fmt.Errorf("%w: %w", ErrUnknownOutcome, err), began)
	}
	m.FromMe = true
	m.Media = sentFile(item, m.Media)
	if m.Unix <= 0 {
		m.Unix = w.e.p.Now().Unix()
	}
	results, err := w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{{ConversationID: c.ID, Messages: []model.MessageIn{m}}}, w.e.stamp())
	if err != nil {
		// It was sent; a later sync brings the message itself.
		w.log.WithError(err).Warn("write the message that was sent")
	}
	w.announce(results)
	return w.settle(ctx, c, item, model.OutboxSent, m.ShortID, nil, began)
}

// sentFile is the record of a file that was just sent: it is held already, so it
// need not be fetched.
func sentFile(item model.OutboxItem, heard *model.Media) *model.Media {
	var payload model.OutboxPayload
	if heard == nil || item.Kind != model.OutboxFile || json.Unmarshal([]byte(item.Payload), &payload) != nil || payload.File == nil {
		return heard
	}
	file := *payload.File
	held := *heard
	held.State, held.SHA256, held.Size = model.MediaStored, file.SHA256, file.Size
	held.MimeType, held.FileName = file.MimeType, file.FileName
	return &held
}

// settle writes how a send ended, and records it.
func (w *worker) settle(ctx context.Context, c model.Conversation, item model.OutboxItem, state model.OutboxState, short model.ShortID, cause error, began time.Time) error {
	kind, text := "", ""
	if cause != nil {
		kind, text = string(ProblemKind(cause)), gatewaySaid(cause)
	}
	// The end of a send is written also while the program closes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if state != model.OutboxUnknown {
		delete(w.before, item.ID)
	}
	err := w.e.p.Store.FinishOutbox(ctx, item.ID, state, short, kind, model.CleanLine(text, 500), w.e.stamp())
	w.record(model.ActivityMessage, "send_message", began, cause, func(a *model.Activity) {
		a.Chat, a.MessageID = c.JID, short
		if state == model.OutboxUnknown {
			a.Outcome = model.OutcomeUnknown
		}
	})
	w.outboxChanged(c.ID)
	if err != nil {
		return fmt.Errorf("write how the send ended: %w", err)
	}
	return nil
}

func (w *worker) outboxChanged(id model.ConversationID) {
	w.e.p.Bus.Publish(event.Batch{Outbox: event.Of(id), Conversations: event.Of(w.id)})
}

// reconcileUnknown looks for messages whose fate is not known, ever more
// seldom. What is not found stays unknown: only the owner sends it again.
func (w *worker) reconcileUnknown(ctx context.Context) {
	w.due.reconcile = time.Time{}
	items, err := w.e.p.Store.OutboxByState(ctx, w.id, model.OutboxUnknown)
	if err != nil {
		w.log.WithError(err).Warn("load the messages of unknown fate")
		return
	}
	open := 0
	for _, item := range items {
		c, err := w.e.p.Store.Conversation(ctx, item.ConversationID)
		if err != nil {
			continue
		}
		found, err := w.resolve(ctx, c, item)
		if err != nil {
			w.log.WithError(err).Debug("look for a message of unknown fate")
		}
		if !found {
			open++
		}
		if ctx.Err() != nil {
			return
		}
	}
	if open > 0 {
		w.reconcile = min(max(w.reconcile*2, w.e.p.Timing.Reconcile), reconcileLongest)
		w.due.reconcile = w.e.p.Now().Add(w.reconcile)
	}
}

// couldBe tells whether a message says what an item says. The body of a document
// without a caption is its file name (contract §9.4).
func couldBe(item model.OutboxItem, m model.MessageIn) bool {
	want, _ := model.CleanText(item.Text, model.MaxMessageText)
	if item.Kind != model.OutboxFile {
		return !m.Type.IsMedia() && m.Text == want
	}
	var payload model.OutboxPayload
	if m.Media == nil || json.Unmarshal([]byte(item.Payload), &payload) != nil || payload.File == nil {
		return false
	}
	file := *payload.File
	if m.Media.FileName != "" && m.Media.FileName != file.FileName || m.Media.Size > 0 && m.Media.Size != file.Size {
		return false
	}
	return m.Text == want || want == "" && m.Text == file.FileName
}

// resolve reads the conversation and looks for the item there: an own message
// with the same text, not older than the attempt, that no other item became.
// One that looks a little older counts only if it was not held before.
func (w *worker) resolve(ctx context.Context, c model.Conversation, item model.OutboxItem) (found bool, err error) {
	var candidates []model.MessageIn
	_, err = w.e.p.Gateway().FetchMessages(ctx, w.name, string(c.JID), gateway.FetchOptions{Limit: reconcileLimit}, func(wire *gateway.Message) error {
		if m, err := messageOf(wire); err == nil && m.FromMe && couldBe(item, m) {
			candidates = append(candidates, m)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("read the conversation back: %w", err)
	}
	attempt := item.AttemptedAt.Unix()
	for _, m := range candidates {
		if m.Unix < attempt-int64(clockSkew.Seconds()) {
			continue
		}
		held, err := w.heldBefore(ctx, item, m)
		if err != nil {
			return false, fmt.Errorf("look the message up: %w", err)
		}
		if held {
			continue
		}
		claimed, err := w.e.p.Store.OutboxClaims(ctx, c.ID, m.ShortID)
		if err != nil {
			return false, fmt.Errorf("look the message up in the outbox: %w", err)
		}
		if claimed {
			continue
		}
		results, err := w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{{ConversationID: c.ID, Messages: []model.MessageIn{m}}}, w.e.stamp())
		if err != nil {
			return false, fmt.Errorf("write the message that was found: %w", err)
		}
		w.announce(results)
		return true, w.settle(ctx, c, item, model.OutboxSent, m.ShortID, nil, w.e.p.Now())
	}
	return false, nil
}
