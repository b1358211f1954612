package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// qrLife is how long a QR is expected to stay: they come about every 20 s (contract §4.4).
const qrLife = 20 * time.Second

// observe asks the gateway for the state of the session and takes note of it.
func (w *worker) observe(ctx context.Context) (model.SessionState, error) {
	gw := w.e.p.Gateway()
	inFlight, _ := w.starting()
	st, err := gw.SessionStatus(ctx, w.name)
	var code gateway.QRAnswer
	if err == nil && mayHaveQR(st) {
		code, err = gw.QR(ctx, w.name)
	}
	if err == nil {
		w.e.heard(nil)
	}
	if err != nil {
		w.e.lost(err)
		if ctx.Err() == nil {
			w.watch.misses++
			w.watch.heal.another = w.watch.heal.another || gateway.KindOf(err) == gateway.KindUnreachable
			w.note(ctx, model.StateUnknown, string(ProblemKind(err)))
		}
		w.scheduleLook()
		return model.StateUnknown, fmt.Errorf("ask for the state of the session: %w", err)
	}
	w.watch.misses = 0
	launching, settling := w.starting()
	launching = launching || inFlight // the answer may tell of the page as it was before
	state := stateOf(st, code.Text != "", launching, settling)
	if state == model.StateWaitingQR && w.watch.linked {
		w.pair() // removed on the phone: the new code is followed at once
	}
	if !w.e.p.Now().Before(w.pairingUntil) {
		code.Text = "" // nobody follows it any more, and an old one cannot be scanned
	}
	w.setQR(code.Text)
	detail := st.Message
	if st.State != "" {
		detail = st.State
	}
	if said := gatewaySaid(w.lastLaunch()); said != "" && state == model.StateStopped {
		detail = said // why it does not start
	}
	w.lowerBroken(state)
	w.note(ctx, state, model.CleanLine(detail, 200))
	if state == model.StateConnected {
		w.welcome(ctx)
	}
	w.watchState(state, st)
	w.watchSkew()
	w.scheduleLook()
	return state, nil
}

// note writes a state to the store, counts what it means, and tells the views.
func (w *worker) note(ctx context.Context, state model.SessionState, detail string) {
	before := w.session
	now := w.e.stamp()
	s, changed, err := w.e.p.Store.UpdateSession(ctx, w.id, func(s *model.Session) {
		was := s.State
		s.State, s.StateDetail = state, detail
		switch {
		case state == model.StateConnected && s.ConnectedSince.IsZero():
			s.ConnectedSince, s.LastSeenAt = now, now
			s.Connections++
		case state == model.StateUnknown:
			// the gateway does not answer: that says nothing of the session
		case state != model.StateConnected && !s.ConnectedSince.IsZero():
			s.ConnectedSince = 0
			s.Disconnections++
		}
		if was == model.StateConnected && state != was {
			s.LastSeenAt = now
		}
	})
	if err != nil {
		w.log.WithError(err).Warn("write the state of the session")
		return
	}
	w.session = s
	w.live.noted(state)
	linked := before.ConnectedSince.IsZero() && !s.ConnectedSince.IsZero()
	if linked {
		w.needAccount, w.askedSince = true, time.Time{}
	}
	w.tellLanes(state == model.StateConnected)
	if !changed {
		return
	}
	w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(w.id)})
	switch {
	case linked:
		w.record(model.ActivitySession, "session_connected", w.e.p.Now(), nil, nil)
	case !before.ConnectedSince.IsZero() && s.ConnectedSince.IsZero():
		w.record(model.ActivitySession, "session_disconnected", w.e.p.Now(), nil, func(a *model.Activity) {
			a.Outcome, a.ErrorDetail = model.OutcomeWarning, detail
		})
	}
}

// tellLanes lets what goes beside the loop know whether the session can be used.
// After a connection it can when it has told whose account it is: until then it may
// be another one, or its page is still loading and answers all else with a 500
// (contract §4.4), of which nobody could say whether a message was sent.
func (w *worker) tellLanes(connected bool) {
	usable := connected && !w.foreign && !w.needAccount
	if w.connected.Swap(usable) != usable && usable {
		w.wantMedia()
		w.outbox.connected()
		w.ledger.nudge()
	}
}

// welcome finds out whose account it is and begins the syncs, once per connection.
func (w *worker) welcome(ctx context.Context) {
	if w.needAccount || w.session.JID == "" {
		if err := w.learnAccount(ctx); err != nil {
			w.log.WithError(err).Debug("ask for the account")
		}
		w.tellLanes(true)
	}
	if !w.e.p.Scheduled {
		return
	}
	now := w.e.p.Now()
	switch {
	case w.foreign:
		w.due.sync = time.Time{}
	case w.syncOnLink, w.session.LastSyncAt.IsZero() && w.triedAt.IsZero():
		w.syncOnLink = false
		if !w.busy() {
			w.due.sync = now
		}
	case w.due.sync.IsZero() && !w.busy():
		w.due.sync = w.nextSync(now)
	}
}

// nextSync returns when the next scheduled sync is due: an interval after the
// last one, at once when that has passed while the program was closed.
func (w *worker) nextSync(now time.Time) time.Time {
	s := w.e.p.Settings()
	if !s.AutoSync {
		return time.Time{}
	}
	last := w.session.LastSyncAt.Time()
	if w.triedAt.After(last) {
		last = w.triedAt
	}
	next := last.Add(s.SyncInterval())
	if next.Before(now) || next.After(now.Add(s.SyncInterval())) { // or the clock was set back
		return now
	}
	return next
}

// learnAccount asks whose account the session is (contract §4.5).
func (w *worker) learnAccount(ctx context.Context) error {
	gw := w.e.p.Gateway()
	account, err := gw.ClassInfo(ctx, w.name)
	w.watchLoading(err)
	if err != nil {
		w.needAccount = w.stillLoading(err) || w.notAnswered() // else it is asked for again at the next connection
		return err
	}
	generation, err := gw.Generation(ctx)
	if err != nil {
		w.log.WithError(err).Debug("tell the gateway's generation")
	}
	w.needAccount, w.askedSince = false, time.Time{}
	jid, err := model.ParseJID(account.ID.Serialized)
	if err != nil {
		return fmt.Errorf("read the account's id: %w", err)
	}
	if w.foreign = w.otherAccount(jid); w.foreign {
		w.connected.Store(false)
		w.record(model.ActivitySession, "session_connected", w.e.p.Now(), ErrOtherAccount, nil)
		return ErrOtherAccount
	}
	s, changed, err := w.e.p.Store.UpdateSession(ctx, w.id, func(s *model.Session) {
		s.JID, s.Phone = jid, jid.Phone()
		s.PushName = model.CleanLine(account.PushName, model.MaxName)
		s.Platform = model.CleanLine(account.Platform, 40)
		if generation != gateway.GenerationUnknown {
			s.Generation = string(generation)
		}
	})
	if err != nil {
		return fmt.Errorf("write the account: %w", err)
	}
	w.session = s
	if changed {
		w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(w.id)})
	}
	return nil
}

// notAnswered tells whether it is worth to go on asking for the account: a gateway
// that does not answer now may do so in a moment, and what goes out meanwhile would
// go from nobody knows which account. One that never answers must not hold all up.
func (w *worker) notAnswered() bool {
	now := w.e.p.Now()
	if w.askedSince.IsZero() || w.askedSince.After(now) {
		w.askedSince = now
	}
	return now.Sub(w.askedSince) < w.e.p.Timing.NotReadyFor/2
}

// otherAccount tells whether a phone was paired whose account is not the one
// whose messages are held: mixing the two could not be undone.
func (w *worker) otherAccount(jid model.JID) bool {
	return w.session.JID.Phone() != "" && jid.Phone() != "" && jid != w.session.JID
}

// scheduleLook decides when to look next.
func (w *worker) scheduleLook() {
	t, now := w.e.p.Timing, w.e.p.Now()
	pairing := now.Before(w.pairingUntil)
	launching, settling := w.starting()
	switch {
	case launching, settling, w.needAccount && w.session.State == model.StateConnected:
		w.due.status = now.Add(t.Pairing)
	case pairing && w.session.State != model.StateConnected:
		w.due.status = now.Add(t.Pairing)
	case w.e.p.Scheduled:
		w.due.status = now.Add(w.nextLook())
	default:
		w.due.status = time.Time{}
	}
}

// starting tells whether a start or restart is in flight, or has just ended.
func (w *worker) starting() (launching, settling bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.launched, w.e.p.Now().Before(w.grace)
}

func (w *worker) setQR(text string) {
	now := w.e.p.Now()
	w.mu.Lock()
	changed := w.qr.Text != text
	if changed {
		w.qr = model.QR{}
		if text != "" {
			w.qr = model.QR{Text: text, FoundAt: model.StampOf(now), Renews: model.StampOf(now.Add(qrLife))}
		}
	}
	w.mu.Unlock()
	if changed {
		w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(w.id)})
	}
}

// launch makes a call that can block for minutes on a goroutine of its own;
// meanwhile the loop goes on looking at the state (contract §4.2). It is made
// once: while it is in flight, another launch does nothing.
func (w *worker) launch(action string, call func(context.Context) error) {
	w.mu.Lock()
	if w.launched {
		w.mu.Unlock()
		return
	}
	w.launched, w.launchErr, w.launchEnd = true, nil, make(chan struct{})
	w.mu.Unlock()
	w.needAccount, w.askedSince = true, time.Time{} // the page that comes is not the one that was ready
	w.restarted()
	w.tellLanes(false)
	w.live.seen(model.StateConnecting, true)
	w.pair()
	began := w.e.p.Now()
	w.e.wg.Go(func() {
		err := call(w.e.life)
		if err == nil {
			w.outbox.pageEnded(began)
		}
		if gateway.KindOf(err) == gateway.KindAlreadyExists {
			err = nil // it is in memory: its state says the rest
		}
		grace := w.e.p.Timing.StartGrace
		if stillStarting(err) && w.e.life.Err() == nil {
			grace, err = w.e.p.Timing.PairingFor, nil
		}
		if err != nil {
			grace = 0
		}
		w.record(model.ActivitySession, action, began, err, nil)
		w.mu.Lock()
		w.launched, w.launchErr, w.grace = false, err, w.e.p.Now().Add(grace)
		close(w.launchEnd)
		w.mu.Unlock()
		w.lookSoon()
	})
}

// stillStarting tells whether an error of a start says only that its answer was
// not waited for, by this program or by a proxy: the gateway goes on (contract §4.2).
func stillStarting(err error) bool {
	var e *gateway.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case gateway.KindTimeout, gateway.KindCanceled:
		return true
	case gateway.KindUnreachable:
		return !gateway.NotSent(err)
	}
	return e.Status == http.StatusBadGateway || e.Status == http.StatusGatewayTimeout
}

// lastLaunch returns how the last start or restart failed, nil when it did not.
func (w *worker) lastLaunch() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.launchErr
}

// pair opens the time in which the session is looked at every few seconds.
func (w *worker) pair() {
	w.pairingUntil = w.e.p.Now().Add(w.e.p.Timing.PairingFor)
	w.due.status = w.e.p.Now()
}
