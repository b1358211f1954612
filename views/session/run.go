package session

import (
	"context"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// runner does what the owner asked for, for one session. What was asked for
// goes on when the page is left: its calls live as long as the ui.Context.
type runner struct {
	ctx  *ui.Context
	svc  Service
	sync Sync
	// running is what is under way, actionNone when nothing is.
	running action
	// changed is called when running changes; heard when a newer state is
	// known; accepted when an action was done without an error.
	changed  func()
	heard    func(model.Session)
	accepted func(action)
}

// run starts an action unless another one is under way. Logging out asks first.
func (r *runner) run(a action, s model.Session) {
	if r.running != actionNone {
		return
	}
	if a != actionLogout {
		r.start(a, s.ID)
		return
	}
	name := translations.Data{"Name": DisplayName(s)}
	r.ctx.Confirm(ui.ConfirmOptions{
		Title: r.ctx.T("session.logout.title", name), Body: r.ctx.T("session.logout.body", name),
		Button: r.ctx.T("session.logout.button", name), Danger: true,
	}, func() { r.start(actionLogout, s.ID) })
}

func (r *runner) start(a action, id model.SessionID) {
	if r.running != actionNone {
		return
	}
	r.running = a
	r.changed()
	r.ctx.Load(context.Background(), func(ctx context.Context) func() {
		heard, err := r.call(ctx, a, id)
		return func() {
			r.running = actionNone
			if heard != nil {
				r.heard(*heard)
			}
			if err == nil {
				r.accepted(a)
			}
			r.changed()
			if err != nil {
				r.ctx.ShowError(tried(a), err)
			}
		}
	})
}

// call does the action; it may block for a minute and runs off the UI goroutine.
func (r *runner) call(ctx context.Context, a action, id model.SessionID) (*model.Session, error) {
	switch a {
	case actionConnect:
		return nil, r.svc.Connect(ctx, id)
	case actionCheck:
		s, err := r.svc.CheckStatus(ctx, id)
		if err != nil {
			return nil, err
		}
		return &s, nil
	case actionDisconnect:
		return nil, r.svc.Disconnect(ctx, id)
	case actionReconnect:
		return nil, r.svc.Reconnect(ctx, id)
	case actionLogout:
		return nil, r.svc.Logout(ctx, id)
	case actionSyncAll:
		return nil, r.sync.Start(ctx, id, model.Full())
	case actionSyncContacts:
		return nil, r.sync.Start(ctx, id, model.SyncScope{Contacts: true})
	case actionSyncConversations:
		return nil, r.sync.Start(ctx, id, model.SyncScope{Conversations: true})
	}
	return nil, nil
}

// tried returns the key of the sentence that says what could not be done.
func tried(a action) string {
	switch a {
	case actionConnect:
		return "action.connect"
	case actionCheck:
		return "action.check_status"
	case actionDisconnect:
		return "action.disconnect"
	case actionReconnect:
		return "action.reconnect"
	case actionLogout:
		return "action.logout"
	}
	return "action.sync"
}
