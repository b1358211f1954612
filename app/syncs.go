package app

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Syncs are the use cases of bringing the store in step with the gateway.
type Syncs struct{ a *App }

// Start begins a sync; progress and end come as events.
func (s *Syncs) Start(_ context.Context, id model.SessionID, scope model.SyncScope) error {
	return s.a.engine.StartSync(id, scope)
}

// Run does a sync and waits for its end. The error is that of the first phase that failed.
func (s *Syncs) Run(ctx context.Context, id model.SessionID, scope model.SyncScope) (model.SyncReport, error) {
	return s.a.engine.RunSync(ctx, id, scope)
}

// Cancel ends a sync; what was written stays. It does not block.
func (s *Syncs) Cancel(id model.SessionID) { s.a.engine.CancelSync(id) }

// Progress returns how far the work on a session is. It does not block.
func (s *Syncs) Progress(id model.SessionID) model.Progress { return s.a.engine.Progress(id) }

// Live returns what is known of the events of a session. It does not block.
func (s *Syncs) Live(id model.SessionID) model.LiveState { return s.a.engine.Live(id) }
