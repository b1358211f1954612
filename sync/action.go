package sync

import (
	"context"
	"fmt"
	"strings"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// FailedAction is why an action was not done.
type FailedAction struct {
	Kind model.ProblemKind
	Said string // the gateway's sentence
}

// Error tells the kind and the gateway's sentence.
func (f *FailedAction) Error() string {
	return strings.TrimSuffix("the action was not done: "+string(f.Kind)+": "+f.Said, ": ")
}

// ProblemKind gives the kind for the owner's words.
func (f *FailedAction) ProblemKind() model.ProblemKind { return f.Kind }

// Act stores what an owner wants done with a message or a conversation and
// returns; it is done as soon as the session can be used. What a conversation
// says of itself changes at once, and changes back when the action is refused.
// An action that the gateway cannot do, or that makes no sense, is a FailedAction
// and is not stored.
func (e *Engine) Act(ctx context.Context, a model.Action) (model.OutboxItem, error) {
	var message model.MessageRow
	var err error
	onMessage := model.ActsOnMessage(a.Kind)
	if onMessage || a.Kind == model.OutboxForward {
		if message, err = e.p.Store.Message(ctx, a.Message); err != nil {
			return model.OutboxItem{}, fmt.Errorf("load the message: %w", err)
		}
	}
	if onMessage {
		a.Conversation = message.ConversationID
	}
	c, err := e.p.Store.Conversation(ctx, a.Conversation)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("load the conversation: %w", err)
	}
	w, err := e.worker(c.SessionID)
	if err != nil {
		return model.OutboxItem{}, err
	}
	can, err := e.Capabilities(ctx, c.SessionID)
	if err != nil {
		return model.OutboxItem{}, err
	}
	problem := impossible(a, &message, c, can)
	if problem == "" && a.Kind == model.OutboxForward {
		problem, err = e.elsewhere(ctx, &message, c)
	}
	if err != nil {
		return model.OutboxItem{}, err
	}
	if problem != "" {
		return model.OutboxItem{}, &FailedAction{Kind: problem}
	}
	item := model.OutboxItem{SessionID: c.SessionID, ConversationID: c.ID, Kind: a.Kind, Target: message.ID, CreatedAt: e.stamp()}
	if a.Kind == model.OutboxEdit {
		item.Text = a.Text
	}
	if a.Kind == model.OutboxForward {
		item, err = e.p.Store.AddOutbox(ctx, item)
	} else {
		item, err = e.p.Store.AddAction(ctx, item, payloadOf(a))
	}
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("store the action before doing it: %w", err)
	}
	w.stale.Store(true)
	w.outboxChanged(c.ID)
	w.acted(a.Kind, c.ID)
	w.outbox.nudge()
	return item, nil
}

// payloadOf keeps of an action what its kind needs. The gateway counts the end of
// silence in seconds (contract §5.3), so the rest is cut.
func payloadOf(a model.Action) model.OutboxPayload {
	switch a.Kind {
	case model.OutboxReact:
		return model.OutboxPayload{Emoji: a.Emoji}
	case model.OutboxDelete:
		return model.OutboxPayload{Everyone: a.Everyone}
	case model.OutboxStar, model.OutboxArchive, model.OutboxPin, model.OutboxBlock:
		return model.OutboxPayload{On: a.On}
	case model.OutboxMute:
		if a.Until > 0 {
			a.Until -= a.Until % 1000
		}
		return model.OutboxPayload{Until: a.Until}
	case model.OutboxLabels:
		return model.OutboxPayload{Labels: a.Labels}
	}
	return model.OutboxPayload{}
}

// impossible says why an action cannot be done, "" when it may.
func impossible(a model.Action, m *model.MessageRow, c model.Conversation, can model.Capabilities) model.ProblemKind {
	senseless := false
	switch a.Kind {
	case model.OutboxEdit:
		return uneditable(a, m, can)
	case model.OutboxReact:
		senseless = m.Type.IsGone() || len(a.Emoji) > maxEmoji
	case model.OutboxForward, model.OutboxStar:
		senseless = m.Type.IsGone()
	case model.OutboxDelete:
		senseless = m.Type == model.TypeRemoved || a.Everyone && m.Type == model.TypeRevoked
	case model.OutboxBlock:
		senseless = c.Kind != model.KindPerson
	case model.OutboxLabels:
		if !can.Labels {
			return model.ProblemUnsupported
		}
	case model.OutboxRead, model.OutboxUnread, model.OutboxArchive, model.OutboxPin, model.OutboxMute:
	default:
		senseless = true
	}
	if senseless {
		return model.ProblemInvalidInput
	}
	return ""
}

// elsewhere says that a message is one of another account, which the account of a
// conversation cannot forward; "" when it is its own.
func (e *Engine) elsewhere(ctx context.Context, m *model.MessageRow, to model.Conversation) (model.ProblemKind, error) {
	from, err := e.p.Store.Conversation(ctx, m.ConversationID)
	if err != nil {
		return "", fmt.Errorf("load the message's conversation: %w", err)
	}
	if from.SessionID != to.SessionID {
		return model.ProblemInvalidInput, nil
	}
	return "", nil
}

// uneditable says why a message cannot be edited, "" when it may.
func uneditable(a model.Action, m *model.MessageRow, can model.Capabilities) model.ProblemKind {
	switch {
	case !can.Edit:
		return model.ProblemUnsupported
	case !m.FromMe || m.Type != model.TypeChat:
		return model.ProblemEditRefused
	case strings.TrimSpace(a.Text) == "":
		return model.ProblemInvalidInput
	}
	return ""
}

// acted tells the views what an action changed.
func (w *worker) acted(kind model.OutboxKind, id model.ConversationID) {
	switch {
	case model.ActsOnMessage(kind):
		w.e.p.Bus.Publish(event.Batch{Messages: event.Of(id)})
	case kind == model.OutboxBlock:
		w.e.p.Bus.Publish(event.Batch{Contacts: event.Of(w.id)})
	}
}

// Capabilities say what can be done with a session, by the generation of the
// gateway and the kind of account (contract §5.3, §7, §9.8). Nothing is called.
func (e *Engine) Capabilities(ctx context.Context, id model.SessionID) (model.Capabilities, error) {
	s, err := e.p.Store.Session(ctx, id)
	if err != nil {
		return model.Capabilities{}, fmt.Errorf("load the session: %w", err)
	}
	labels, err := e.p.Store.Labels(ctx, id)
	if err != nil {
		return model.Capabilities{}, fmt.Errorf("load the labels: %w", err)
	}
	return model.Capabilities{
		Known: s.Generation != "",
		Edit:  s.Generation != string(gateway.GenerationC),
		// An answer is a message that names the one it answers (contract §5.2); the
		// call for answers, which takes only texts on C, is not used.
		ReplyMedia: true,
		Labels:     len(labels) > 0 || strings.HasPrefix(s.Platform, "smb"),
	}, nil
}

// do has an action done, and waits for it where the engine does not work by itself.
func (e *Engine) do(ctx context.Context, a model.Action) error {
	item, err := e.Act(ctx, a)
	if err != nil || e.p.Scheduled {
		return err
	}
	if item, err = e.Send(ctx, item.ID); err != nil {
		return err
	}
	if item.State == model.OutboxFailed {
		return &FailedAction{Kind: model.ProblemKind(item.Error), Said: item.ErrorText}
	}
	return nil
}

// MarkRead marks a conversation as read, here and at the gateway. This and the
// following return once it is stored, or done where the engine does not work by
// itself.
func (e *Engine) MarkRead(ctx context.Context, id model.ConversationID) error {
	return e.do(ctx, model.Action{Kind: model.OutboxRead, Conversation: id})
}

// MarkUnread marks the conversation as unread by hand.
func (e *Engine) MarkUnread(ctx context.Context, id model.ConversationID) error {
	return e.do(ctx, model.Action{Kind: model.OutboxUnread, Conversation: id})
}

// SetArchived archives the conversation or takes it out of the archive.
func (e *Engine) SetArchived(ctx context.Context, id model.ConversationID, archived bool) error {
	return e.do(ctx, model.Action{Kind: model.OutboxArchive, Conversation: id, On: archived})
}

// SetPinned pins or unpins the conversation. WhatsApp refuses a fourth pin.
func (e *Engine) SetPinned(ctx context.Context, id model.ConversationID, pinned bool) error {
	return e.do(ctx, model.Action{Kind: model.OutboxPin, Conversation: id, On: pinned})
}

// SetMuted silences the conversation until then: model.MutedForever, or zero to
// end it. The gateway counts in seconds, so the rest is cut.
func (e *Engine) SetMuted(ctx context.Context, id model.ConversationID, until model.Stamp) error {
	return e.do(ctx, model.Action{Kind: model.OutboxMute, Conversation: id, Until: until})
}
