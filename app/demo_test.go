package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
)

// The demo shows Buzón at its best: its gateway tells of what happens, and nothing is
// said to be wrong with the session.
func TestDemoConnectsToAGatewayThatTellsOfMessages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, err := app.NewDemo(ctx, app.DemoOptions{Language: "en"})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	require.NoError(t, d.Start(ctx))
	sessions, err := d.App.Sessions.List(ctx)
	require.NoError(t, err)
	require.Len(t, sessions, 1)
	id := sessions[0].ID

	box := d.App.Events.Subscribe()
	defer box.Close()
	until := func(what string, done func() bool) {
		t.Helper()
		limit := time.After(patience)
		for !done() {
			select {
			case <-box.Ready():
				box.Take()
			case <-limit:
				require.Fail(t, what)
			}
		}
	}
	until("no QR", d.Waiting)
	d.Scan()
	until("not filled", func() bool {
		s, err := d.App.Sessions.Get(ctx, id)
		require.NoError(t, err)
		return s.State == model.StateConnected && !s.LastSyncAt.IsZero()
	})
	until("no events", func() bool { return d.App.Sync.Live(id).Status == model.LiveOn })
	require.Empty(t, d.App.Sessions.Conditions(id))
}
