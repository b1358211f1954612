package session

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/model"
)

// Service is what the page needs to do with sessions. All of it may block,
// except Conditions and QR.
type Service interface {
	List(ctx context.Context) ([]model.Session, error)
	// Add keeps a session under a name; nothing is called on the gateway.
	Add(ctx context.Context, name model.SessionName, title string) (model.Session, error)
	// Connect is accepted at once; states and QR come by events.
	Connect(ctx context.Context, id model.SessionID) error
	CheckStatus(ctx context.Context, id model.SessionID) (model.Session, error)
	Disconnect(ctx context.Context, id model.SessionID) error
	Reconnect(ctx context.Context, id model.SessionID) error
	Logout(ctx context.Context, id model.SessionID) error
	// PairingCode returns the eight characters that the owner types on the phone.
	PairingCode(ctx context.Context, id model.SessionID, phone string) (string, error)
	// Conditions returns what is wrong with the session, the gravest first; it only reads memory.
	Conditions(id model.SessionID) []model.Condition
	// QR returns the newest code; false when there is none.
	QR(id model.SessionID) (model.QR, bool)
	Statistics(ctx context.Context, id model.SessionID) (model.Statistics, error)
}

// Sync is what the page needs to fetch data. Start returns when the work was
// accepted; how far it is comes by events. Cancel and Progress do not block.
type Sync interface {
	Start(ctx context.Context, id model.SessionID, scope model.SyncScope) error
	Cancel(id model.SessionID)
	Progress(id model.SessionID) model.Progress
	// Live returns how news of the session come; it does not block.
	Live(id model.SessionID) model.LiveState
}

// Options say where the page leads.
type Options struct {
	Ledger Ledger // nil: how complete the conversations are is not shown
	// OnOpenConversations is called when the owner wants to see the
	// conversations after pairing; nil hides that button.
	OnOpenConversations func()
	// OnOpenSettings is called when the owner wants to mend the address or the
	// key of the gateway; nil hides that button.
	OnOpenSettings func()
	// Gateway says why the gateway is of no use now, "" when it answers or nobody has
	// asked it yet; it only reads memory. nil: it always answers.
	Gateway func() model.ProblemKind
	// Page scrolls what a Pairing lies in, also with the wheel over its field; the
	// page of the sessions has its own.
	Page fyne.Scrollable
}
