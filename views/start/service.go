package start

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Settings is what the steps need of the settings. Get only reads memory.
type Settings interface {
	Get() model.Settings
	// Save keeps the settings, and the key unless it is nil. Settings that are
	// not accepted give a *model.SettingsError.
	Save(ctx context.Context, s model.Settings, key *string) error
	// TestConnection calls the gateway; a nil key stands for the one that is kept.
	TestConnection(ctx context.Context, baseURL string, key *string) model.ConnectionReport
}

// Sessions is what the steps need of the sessions.
type Sessions interface {
	List(ctx context.Context) ([]model.Session, error)
	Add(ctx context.Context, name model.SessionName, title string) (model.Session, error)
}

// Options say where the steps lead.
type Options struct {
	// Pairing returns the content of the last step for a session. It connects
	// the session when it is activated. Page scrolls what it lies in.
	Pairing func(s model.Session, page fyne.Scrollable) ui.Screen
	// OnLeave is called when the owner is done or wants to go on later.
	OnLeave func()
}
