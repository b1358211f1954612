package app

import (
	"context"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
)

// typingEvery is how often at most others are told that the owner is writing: what
// they see lasts 25 seconds (contract §6).
const typingEvery = 20 * time.Second

// Act stores what an owner wants done with a message or a conversation, or a
// forward, and returns; how it goes comes as events. What the gateway cannot do
// is refused here with model.ProblemUnsupported, what makes no sense with another
// kind.
func (c *Conversations) Act(ctx context.Context, action model.Action) (model.OutboxID, error) {
	if action.Kind == model.OutboxEdit {
		var err error
		if action.Text, err = cleanOutgoing(action.Text); err != nil {
			return 0, err
		}
	}
	action.Emoji = model.CleanLine(action.Emoji, 64)
	if action.Kind == model.OutboxForward {
		answer, err := c.a.Store.AnswerTo(ctx, action.Conversation)
		if err != nil {
			return 0, err
		}
		action.Conversation = answer
	}
	if action.Kind == model.OutboxBlock || action.Kind == model.OutboxLabels { // of the person, so that a later one is about the same
		parts, err := c.a.Store.Thread(ctx, action.Conversation)
		if err != nil {
			return 0, err
		}
		action.Conversation = parts[0]
	}
	item, err := c.a.engine.Act(ctx, action)
	return item.ID, err
}

// Capabilities returns what can be done with a session, as far as its gateway and
// account are known.
func (c *Conversations) Capabilities(ctx context.Context, session model.SessionID) (model.Capabilities, error) {
	return c.a.engine.Capabilities(ctx, session)
}

// Blocked tells whether the person of a conversation is blocked.
func (c *Conversations) Blocked(ctx context.Context, id model.ConversationID) (bool, error) {
	return c.a.Store.Blocked(ctx, id)
}

// LabelsOf returns the gateway's ids of the labels on a conversation.
func (c *Conversations) LabelsOf(ctx context.Context, id model.ConversationID) ([]string, error) {
	return c.a.Store.ConversationLabels(ctx, id)
}

// CheckNumber asks WhatsApp about a number in any national or international form;
// the country of the settings completes it. What is no number is an InputError.
func (c *Conversations) CheckNumber(ctx context.Context, session model.SessionID, text string) (model.NumberCheck, error) {
	phone, err := c.a.readPhone(text)
	if err != nil {
		return model.NumberCheck{}, err
	}
	return c.a.engine.CheckNumber(ctx, session, phone)
}

// SetTyping shows the other side that the owner is writing, or ends it, when the
// settings say so. It may be called at every key: what was shown lately is not
// shown again. The first failure of a while is returned; nothing depends on it.
func (c *Conversations) SetTyping(ctx context.Context, id model.ConversationID, on bool) error {
	if !c.a.settings.Current().SendTyping || !c.a.typing.turn(id, on, c.a.now()) {
		return nil
	}
	answer, err := c.a.Store.AnswerTo(ctx, id)
	if err != nil {
		return err
	}
	return c.a.engine.SetTyping(ctx, answer, on)
}

// typing remembers where others see that the owner is writing. The zero value is ready.
type typing struct {
	mu    sync.Mutex
	shown map[model.ConversationID]time.Time
}

// turn notes that the owner writes or stopped, and tells whether others must be told.
func (t *typing) turn(id model.ConversationID, on bool, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, shown := t.shown[id]
	if !on {
		delete(t.shown, id)
		return shown
	}
	if shown && now.Sub(last) < typingEvery {
		return false
	}
	if t.shown == nil {
		t.shown = map[model.ConversationID]time.Time{}
	}
	t.shown[id] = now
	return true
}
