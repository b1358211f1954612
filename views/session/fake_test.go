package session_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/viewtest"
)

const qrText = "2@YbtSDq1AXPF9GjcsSiIrZ2RpmVFqJBNvEsLU2whQXIW0WcFvI5,9aMwYlZ1CqY8c3VZJwSo0rXuH2n1mTbQxk5pPpQe1Ec=,Xk1tq4VfM7c9N0bP2sJ8yLw3aRdEzUoK6iHgTfBvCnY=,S0m3Adv5ecretKey1234567890abcdefghijklmnopq=,1"

// fake is the gateway and the store behind the page. The test moves it and
// publishes what it did.
type fake struct {
	mu         sync.Mutex
	sessions   []model.Session
	qrs        map[model.SessionID]model.QR
	progress   map[model.SessionID]model.Progress
	conditions []model.Condition
	live       model.LiveState
	stats      model.Statistics
	errs       map[string]error
	code       string
	calls      []string
}

func newFake(sessions ...model.Session) *fake {
	return &fake{sessions: sessions, qrs: map[model.SessionID]model.QR{}, progress: map[model.SessionID]model.Progress{}, errs: map[string]error{}}
}

func (f *fake) called(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, name)
	return f.errs[name]
}

func (f *fake) count(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if c == name {
			n++
		}
	}
	return n
}

func (f *fake) change(id model.SessionID, change func(*model.Session)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.sessions {
		if f.sessions[i].ID == id {
			change(&f.sessions[i])
		}
	}
}

func (f *fake) setQR(id model.SessionID, qr model.QR) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.qrs[id] = qr
}

func (f *fake) setProgress(p model.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress[p.Session] = p
}

func (f *fake) List(context.Context) ([]model.Session, error) {
	if err := f.called("list"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.Session(nil), f.sessions...), nil
}

func (f *fake) Add(_ context.Context, name model.SessionName, title string) (model.Session, error) {
	if err := f.called("add"); err != nil {
		return model.Session{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := model.Session{ID: model.SessionID(len(f.sessions) + 1), Name: name, Title: title, State: model.StateStopped}
	f.sessions = append(f.sessions, s)
	return s, nil
}

func (f *fake) Connect(context.Context, model.SessionID) error    { return f.called("connect") }
func (f *fake) Disconnect(context.Context, model.SessionID) error { return f.called("disconnect") }
func (f *fake) Reconnect(context.Context, model.SessionID) error  { return f.called("reconnect") }
func (f *fake) Logout(context.Context, model.SessionID) error     { return f.called("logout") }

func (f *fake) CheckStatus(_ context.Context, id model.SessionID) (model.Session, error) {
	if err := f.called("check"); err != nil {
		return model.Session{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.ID == id {
			return s, nil
		}
	}
	return model.Session{}, errors.New("no such session")
}

func (f *fake) PairingCode(_ context.Context, _ model.SessionID, phone string) (string, error) {
	if err := f.called("code " + phone); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.code, f.errs["code"]
}

func (f *fake) Conditions(model.SessionID) []model.Condition {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conditions
}

func (f *fake) Live(model.SessionID) model.LiveState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live
}

func (f *fake) QR(id model.SessionID) (model.QR, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	qr, ok := f.qrs[id]
	return qr, ok
}

func (f *fake) Statistics(context.Context, model.SessionID) (model.Statistics, error) {
	err := f.called("statistics")
	return f.stats, err
}

func (f *fake) Start(_ context.Context, _ model.SessionID, scope model.SyncScope) error {
	switch scope {
	case model.Full():
		return f.called("sync all")
	case model.SyncScope{Contacts: true}:
		return f.called("sync contacts")
	case model.SyncScope{Conversations: true}:
		return f.called("sync conversations")
	}
	return f.called("sync something else")
}

func (f *fake) Cancel(model.SessionID) { _ = f.called("cancel") }

func (f *fake) Progress(id model.SessionID) model.Progress {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress[id]
}

func bakery(state model.SessionState) model.Session {
	return model.Session{ID: 1, Name: "obrador", Title: "La Espiga", State: state}
}

// page shows the screen with the sessions of the fake.
func page(t *testing.T, f *fake, options ...viewtest.Option) (*viewtest.Bench, *session.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, append([]viewtest.Option{viewtest.WindowSize(1000, 900)}, options...)...)
	s := session.New(b.Context, f, f, session.Options{
		OnOpenConversations: func() { _ = f.called("open conversations") }, OnOpenSettings: func() { _ = f.called("open settings") },
	})
	b.Window.SetContent(s.Content())
	s.Activate()
	t.Cleanup(s.Deactivate)
	b.Settle()
	require.Positive(t, f.count("list"))
	return b, s
}

// changed publishes that the session changed and waits until text is seen.
func changed(b *viewtest.Bench, text string) {
	b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return sees(b, text) })
	b.Settle()
}

// sees tells whether a label with the text is on the screen.
func sees(b *viewtest.Bench, text string) bool {
	for _, l := range viewtest.OnScreen[*widget.Label](b.Window) {
		if l.Text == text {
			return true
		}
	}
	return false
}

// pressable is a button of any kind.
type pressable interface {
	fyne.CanvasObject
	fyne.Tappable
	fyne.Disableable
}

func find(b *viewtest.Bench, text string) pressable {
	for _, p := range viewtest.OnScreen[pressable](b.Window) {
		for _, t := range viewtest.All[*canvas.Text](p) {
			if t.Text == text {
				return p
			}
		}
	}
	return nil
}

func button(t *testing.T, b *viewtest.Bench, text string) pressable {
	t.Helper()
	btn := find(b, text)
	require.NotNil(t, btn, "no button %q on the screen", text)
	return btn
}
