package sync

import (
	"context"
	"fmt"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// Connect does the whole pairing as far as it goes without the phone: it looks
// at the session, starts or restarts it when needed, and from then on follows
// its QR and state; the first sync begins by itself when the phone has scanned.
// It returns when the gateway was heard and the start is under way.
func (e *Engine) Connect(ctx context.Context, id model.SessionID) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	return w.ask(ctx, func(ctx context.Context) error {
		w.syncOnLink = true
		w.pair()
		state, err := w.observe(ctx)
		if err != nil {
			w.record(model.ActivitySession, "connect_session", w.e.p.Now(), err, nil)
			return err
		}
		gw := w.e.p.Gateway()
		switch state {
		case model.StateStopped:
			w.launchByOwner("start_session", func(ctx context.Context) error { return gw.StartSession(ctx, w.name) })
		case model.StateBroken:
			w.launchByOwner("restart_session", func(ctx context.Context) error { return gw.Restart(ctx, w.name) })
		}
		_, err = w.observe(ctx)
		return err
	})
}

// WaitLaunch waits until no start or restart of the session is in flight and
// returns how the last one failed.
func (e *Engine) WaitLaunch(ctx context.Context, id model.SessionID) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	end := w.launchEnd
	w.mu.Unlock()
	if end == nil {
		return nil
	}
	select {
	case <-end:
		return w.lastLaunch()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CheckStatus asks the gateway for the state of the session now.
func (e *Engine) CheckStatus(ctx context.Context, id model.SessionID) (model.Session, error) {
	w, err := e.worker(id)
	if err != nil {
		return model.Session{}, err
	}
	var s model.Session
	err = w.ask(ctx, func(ctx context.Context) error {
		began := w.e.p.Now()
		w.pair() // somebody looks: a QR is followed as it changes
		_, err := w.observe(ctx)
		w.live.nudge() // whoever asks may just have enabled the socket
		w.record(model.ActivitySession, "check_status", began, err, nil)
		s = w.session
		return err
	})
	return s, err
}

// Disconnect stops the session on the gateway and keeps the pairing. Only
// generation A can; on C the error says that the gateway has no such call.
func (e *Engine) Disconnect(ctx context.Context, id model.SessionID) error {
	return e.change(ctx, id, "stop_session", func(ctx context.Context, w *worker) error {
		w.syncOnLink = false
		w.left()
		return w.e.p.Gateway().Stop(ctx, w.name)
	})
}

// Logout unpairs the account: the next Connect needs a new QR.
func (e *Engine) Logout(ctx context.Context, id model.SessionID) error {
	return e.change(ctx, id, "logout_session", func(ctx context.Context, w *worker) error {
		w.syncOnLink = false
		w.left()
		return w.e.p.Gateway().Terminate(ctx, w.name)
	})
}

// Reconnect restarts the session on the gateway and keeps the pairing. It
// returns when the restart is under way; a session that is not in the gateway's
// memory is started.
func (e *Engine) Reconnect(ctx context.Context, id model.SessionID) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	return w.ask(ctx, func(ctx context.Context) error {
		state, err := w.observe(ctx)
		if err != nil {
			w.record(model.ActivitySession, "restart_session", w.e.p.Now(), err, nil)
			return err
		}
		gw := w.e.p.Gateway()
		if state == model.StateStopped {
			w.launchByOwner("start_session", func(ctx context.Context) error { return gw.StartSession(ctx, w.name) })
		} else {
			w.launchByOwner("restart_session", func(ctx context.Context) error { return gw.Restart(ctx, w.name) })
		}
		return nil
	})
}

// PairingCode asks for a code that is typed on the phone in place of scanning.
// The session must wait for its QR. The phone is digits with the country code.
func (e *Engine) PairingCode(ctx context.Context, id model.SessionID, phone model.Phone) (string, error) {
	var code string
	err := e.change(ctx, id, "pairing_code", func(ctx context.Context, w *worker) error {
		w.pair()
		w.syncOnLink = true
		var err error
		code, err = w.e.p.Gateway().RequestPairingCode(ctx, w.name, string(phone))
		return err
	})
	return code, err
}

// change makes a call that changes the session, records it and looks at what became of it.
func (e *Engine) change(ctx context.Context, id model.SessionID, action string, call func(context.Context, *worker) error) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	return w.ask(ctx, func(ctx context.Context) error {
		began := w.e.p.Now()
		err := call(ctx, w)
		w.e.heard(err)
		w.record(model.ActivitySession, action, began, err, nil)
		if err != nil {
			return err
		}
		w.mu.Lock()
		w.grace = time.Time{}
		w.mu.Unlock()
		_, err = w.observe(ctx)
		return err
	})
}

// QR returns the code to show; ok is false when there is none now.
func (e *Engine) QR(id model.SessionID) (qr model.QR, ok bool) {
	w, err := e.worker(id)
	if err != nil {
		return model.QR{}, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.qr, w.qr.Text != ""
}

// onConversation runs f on the loop of the session that the conversation belongs to.
func (e *Engine) onConversation(ctx context.Context, id model.ConversationID, f func(context.Context, *worker, model.Conversation) error) error {
	c, err := e.p.Store.Conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	w, err := e.worker(c.SessionID)
	if err != nil {
		return err
	}
	return w.ask(ctx, func(ctx context.Context) error { return f(ctx, w, c) })
}

// lookIfLost makes the loop look at the session after an error that says that
// it is not what it was (contract §12 end).
func (w *worker) lookIfLost(err error) {
	if err != nil && sessionLost(err) {
		w.lookSoon()
	}
}

// requireConnected fails unless the session can be used, asking the gateway
// when it was not connected the last time.
func (w *worker) requireConnected(ctx context.Context) error {
	state := w.session.State
	if state != model.StateConnected {
		var err error
		if state, err = w.observe(ctx); err != nil {
			return err
		}
	}
	if state == model.StateConnected {
		if w.foreign {
			return ErrOtherAccount
		}
		return nil
	}
	kind := gateway.KindSessionNotConnected
	switch state {
	case model.StateStopped:
		kind = gateway.KindSessionNotFound
	case model.StateBroken:
		kind = gateway.KindSessionBroken
	}
	return &gateway.Error{Op: "requireConnected", Kind: kind, Message: w.session.StateDetail}
}
