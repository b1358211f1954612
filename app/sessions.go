package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// Sessions are the use cases on sessions. Every method but QR may block.
type Sessions struct{ a *App }

// List returns all sessions, in the order in which they were added.
func (s *Sessions) List(ctx context.Context) ([]model.Session, error) { return s.a.Store.Sessions(ctx) }

// Get returns one session.
func (s *Sessions) Get(ctx context.Context, id model.SessionID) (model.Session, error) {
	return s.a.Store.Session(ctx, id)
}

// ByName returns the session of that name; with create, one that is not known is added.
func (s *Sessions) ByName(ctx context.Context, name model.SessionName, create bool) (model.Session, error) {
	if !name.Valid() {
		return model.Session{}, &gateway.Error{Op: "ByName", Kind: gateway.KindInvalidSessionName}
	}
	if create {
		return s.Add(ctx, name, "")
	}
	return s.a.Store.SessionByName(ctx, name)
}

// Add makes a session known, or gives one that is known already a new title.
// Nothing is asked of the gateway.
func (s *Sessions) Add(ctx context.Context, name model.SessionName, title string) (model.Session, error) {
	if !name.Valid() {
		return model.Session{}, &gateway.Error{Op: "Add", Kind: gateway.KindInvalidSessionName}
	}
	session, err := s.a.Store.EnsureSession(ctx, name)
	if err != nil {
		return model.Session{}, fmt.Errorf("add the session: %w", err)
	}
	if title = model.CleanLine(title, model.MaxName); title != "" {
		session, _, err = s.a.Store.UpdateSession(ctx, session.ID, func(s *model.Session) { s.Title = title })
		if err != nil {
			return model.Session{}, fmt.Errorf("name the session: %w", err)
		}
	}
	if err := s.a.engine.Add(ctx, session); err != nil {
		return model.Session{}, fmt.Errorf("serve the session: %w", err)
	}
	s.a.Events.Publish(event.Batch{Sessions: event.Of(session.ID)})
	return session, nil
}

// Connect starts the session where needed and follows its pairing; QR, state
// and the first sync come as events.
func (s *Sessions) Connect(ctx context.Context, id model.SessionID) error {
	return s.a.engine.Connect(ctx, id)
}

// WaitLaunch waits until a start or restart that is under way has ended.
func (s *Sessions) WaitLaunch(ctx context.Context, id model.SessionID) error {
	return s.a.engine.WaitLaunch(ctx, id)
}

// CheckStatus asks the gateway for the state of the session now.
func (s *Sessions) CheckStatus(ctx context.Context, id model.SessionID) (model.Session, error) {
	return s.a.engine.CheckStatus(ctx, id)
}

// Disconnect stops the session and keeps its pairing.
func (s *Sessions) Disconnect(ctx context.Context, id model.SessionID) error {
	return s.a.engine.Disconnect(ctx, id)
}

// Reconnect restarts the session and keeps its pairing.
func (s *Sessions) Reconnect(ctx context.Context, id model.SessionID) error {
	return s.a.engine.Reconnect(ctx, id)
}

// Logout unpairs the account. What is stored stays.
func (s *Sessions) Logout(ctx context.Context, id model.SessionID) error {
	return s.a.engine.Logout(ctx, id)
}

// PairingCode asks for a code to type on the phone of that number, which may be
// written in any national or international form.
func (s *Sessions) PairingCode(ctx context.Context, id model.SessionID, phone string) (string, error) {
	number, err := s.a.readPhone(phone)
	if err != nil {
		return "", err
	}
	return s.a.engine.PairingCode(ctx, id, number)
}

// Conditions returns what is wrong with the session now, the gravest first. It does not block.
func (s *Sessions) Conditions(id model.SessionID) []model.Condition { return s.a.engine.Conditions(id) }

// QR returns the code to show. It does not block.
func (s *Sessions) QR(id model.SessionID) (model.QR, bool) { return s.a.engine.QR(id) }

// Statistics counts what is stored of a session.
func (s *Sessions) Statistics(ctx context.Context, id model.SessionID) (model.Statistics, error) {
	return s.a.Store.Statistics(ctx, id, model.StampOf(s.a.now()))
}

// readPhone reads a number as people write it; national forms are of the
// country in the settings.
func (a *App) readPhone(text string) (model.Phone, error) {
	return readPhone(text, a.settings.Current().Country)
}

func readPhone(text, country string) (model.Phone, error) {
	text = strings.TrimSpace(text)
	n, err := phonenumbers.Parse(text, country)
	if err != nil {
		return "", &InputError{What: "phone"}
	}
	phone := model.Phone(strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+"))
	if !phone.Valid() {
		return "", &InputError{What: "phone"}
	}
	return phone, nil
}

// InputError says that something that was typed cannot be used.
type InputError struct {
	What string // "phone", "text", "conversation"
}

// Error names what cannot be used, not what was typed.
func (e *InputError) Error() string { return "the " + e.What + " that was given cannot be used" }

// ProblemKind makes Describe name it.
func (e *InputError) ProblemKind() model.ProblemKind { return model.ProblemInvalidInput }
