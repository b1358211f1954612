package sync

import (
	"context"
	"fmt"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// typingPatience is how long a sign that somebody is writing may take.
const typingPatience = 5 * time.Second

// CheckNumber asks WhatsApp whether a number has an account, and what to write to:
// that may be another number than the one asked, or a hidden id (contract §5.1
// getNumberId). The session must be connected.
func (e *Engine) CheckNumber(ctx context.Context, id model.SessionID, phone model.Phone) (model.NumberCheck, error) {
	check := model.NumberCheck{Asked: phone}
	w, err := e.worker(id)
	if err != nil {
		return check, err
	}
	if !w.connected.Load() {
		if err := w.ask(ctx, w.requireConnected); err != nil {
			return check, err
		}
	}
	release, err := w.slots.side(ctx)
	if err != nil {
		return check, err
	}
	defer release()
	answer, err := e.p.Gateway().NumberID(ctx, w.name, string(phone))
	e.heard(err)
	w.lookIfLost(err)
	switch {
	case gateway.KindOf(err) == gateway.KindNotOnWhatsApp:
		return check, nil
	case err != nil:
		return check, fmt.Errorf("ask about a number: %w", err)
	}
	jid, err := model.ParseJID(answer.Serialized)
	if err != nil {
		return check, fmt.Errorf("read the answer about a number: %w", err)
	}
	check.Registered, check.JID = true, jid
	check.Changed = jid.Phone() != "" && jid.Phone() != phone
	return check, nil
}

// SetTyping shows the other side for 25 seconds that the owner is writing, or ends
// it (contract §6). It is no message: nothing is stored, and while the session is
// not connected nothing is done.
func (e *Engine) SetTyping(ctx context.Context, id model.ConversationID, on bool) error {
	c, err := e.p.Store.Conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	w, err := e.worker(c.SessionID)
	if err != nil || !w.connected.Load() {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, typingPatience)
	defer cancel()
	release, err := w.slots.side(ctx)
	if err != nil {
		return err
	}
	defer release()
	call := e.p.Gateway().ClearState
	if on {
		call = e.p.Gateway().SendTyping
	}
	if err := call(ctx, w.name, string(c.JID)); err != nil {
		return fmt.Errorf("show that the owner is writing: %w", err)
	}
	return nil
}
